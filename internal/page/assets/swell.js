// Scripts make pages follow what happens. Everything on them is there without.

import { refresh } from "./refresh.js";
import { tellZone } from "./zone.js";

tellZone();
refresh();
