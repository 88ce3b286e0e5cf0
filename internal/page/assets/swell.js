// Scripts make pages follow what happens. Everything on them is there without.

import { tellZone } from "./zone.js";

tellZone();
