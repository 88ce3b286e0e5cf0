// Scripts make pages follow what happens. Everything on them is there without.

import { readCharts } from "./chart.js";
import { tellZone } from "./zone.js";

tellZone();
readCharts();
