// Scripts make pages follow what happens. Everything on them is there without.

import { readCharts } from "./chart.js";
import { refresh } from "./refresh.js";
import { tellZone } from "./zone.js";
import { keepTimes } from "./times.js";
import { jumpToSearch } from "./keys.js";
import { follow } from "./live.js";
import { sendTidy } from "./tidy.js";

tellZone();
readCharts();
keepTimes();
jumpToSearch();
sendTidy();
follow();
refresh();
