// Scripts make pages follow what happens. Everything on them is there without.

import { readCharts } from "./chart.js";
import { jumpToSearch } from "./keys.js";
import { follow } from "./live.js";
import { refresh } from "./refresh.js";
import { showPlace } from "./place.js";
import { sendTidy } from "./tidy.js";
import { keepTimes } from "./times.js";
import { suggestZones, tellZone } from "./zone.js";

tellZone();
suggestZones();
readCharts();
keepTimes();
jumpToSearch();
showPlace();
sendTidy();
follow();
refresh();
