// Scripts make pages follow what happens. Everything on them is there without.

import { readCharts } from "./chart.js";
import { refresh } from "./refresh.js";
import { tellZone } from "./zone.js";

tellZone();
readCharts();
refresh();
