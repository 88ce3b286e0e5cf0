package page

import "slices"

// glossary explains every word of the pages that is not plain: the one list that tooltips and the page of explanations share.
var glossary = slices.Concat(numberWords, phaseWords, flagEntries, thingWords, messageWords, stateWords)

var numberWords = []entry{
	{
		ID: "confidence", Word: "confidence", Group: "number",
		Short: "The chance that the rise is real: of a hundred trends with 80 %, about eighty went on.",
		More: "It is a record and no promise: how often trends of the same platform and size that were as far above their threshold went on. " +
			"While a platform is young and nobody knows what returns every week, it is held down. What went on for certain has 98 %.",
		Example: "87 %: act on it. 45 %: look at the posts first, or wait an hour for a second platform.",
		Formula: []string{
			"confidence = (went on + 4·p) / (all + 4)",
			"p is the same share over all margins of that size, begun at what is believed beforehand (0.4 to 0.95, more for what is further above its threshold); " +
				"an older outcome weighs 0.98 of the next newer one",
			"× (0.5 + 0.5·min(1, hours known / 336)) while the platform is known for less than 14 days; halved while the trend is unconfirmed",
		},
		Source: "Outcomes that are counted for each platform, size and margin, each share drawn towards a wider one.",
	},
	{
		ID: "score", Word: "score", Group: "number",
		Short: "How surprising the last hours are, in standard deviations beyond what luck explains. Alarms are decided by it.",
		More: "It compares how many people used a term with how many would be usual at this hour of this weekday on this platform, over 10 minutes to " +
			"24 hours, and takes the window that surprises most. A term is raised when its score passes the threshold, which Swell learns from the ordinary days of a platform.",
		Example: "6 where 1.5 was needed: far beyond what any ordinary term did in the last weeks.",
		Formula: []string{
			"z = √( 2·[ x·ln(x/m) − (x+k)·ln((x+k)/(m+k)) ] ),  k = 1/φ,  and 0 while x ≤ m",
			"x: people seen in the window; m: people expected; φ: how much the term scatters by itself",
			"score = the largest of z − offset over windows of 10 and 30 minutes, 1, 2, 4, 8 and 24 hours; the offset is what the luckiest window of an ordinary day shows, " +
				"or more where the platform's own ordinary days show more",
		},
		Source: "Deviance of the negative binomial: McCullagh and Nelder, Generalized Linear Models, 1989, ch. 11. Thresholds by an empirical null: Efron, Large-Scale Inference, 2010, ch. 6.",
	},
	{
		ID: "threshold", Word: "threshold", Group: "number",
		Short: "The score that a term needs to be raised. Each platform has its own, by how many people usually use a term.",
		More: "It is set so that a platform on which nothing happens would give about five alarms a day, and never below a floor. " +
			"A lively platform asks for more than a calm one.",
		Example: "1.5 for new terms and 3.0 for terms with more than ten people a day are the floors.",
	},
	{
		ID: "rank", Word: "rank", Group: "number",
		Short: "The order of the list: the surprise of the last four hours, lifted while it grows, damped once the peak is past.",
		Formula: []string{
			"rank = z₄ · (0.5 + 0.5 / (1 + e^(−growth))), with z₄ the largest z over windows of at most 4 hours",
			"× 0.6 when the last hour is more than one standard deviation under the best; at most 0.5 when clearly fading",
			"× (1 + 6·2^(−hours/3)) in the hours after it was raised, so that it is seen while it is small",
		},
		Source: "Swell's own; measured in bench/QUALITY.md.",
	},
	{
		ID: "growth", Word: "growth", Group: "number",
		Short:   "Posts of the chosen time by those of as much time before. × 3 means three times as many.",
		More:    "Each is taken by the hour that was seen, so that an outage does not look like a fall. It is left open where less than half of either time was seen, or nothing came before.",
		Example: "× 4.2 over the last 6 hours: 840 posts after 200.",
		Formula: []string{"growth = (posts / hours seen) / (posts before / hours seen before)", "over 72 hours, whose past is not kept: the last 36 hours by the 36 before"},
	},
	{
		ID: "rate", Word: "rate", Group: "number",
		Short:   "Posts in the last 60 minutes, beside how many would be usual in them.",
		Example: "240 an hour, usually 12.",
	},
	{ID: "posts-per-h", Word: "posts an hour", Group: "number", Short: "Posts of the chosen time by the hours of it that were seen."},
	{
		ID: "usual", Word: "usual", Group: "number",
		Short: "The shaded band: eight of ten ordinary hours of this term lie within it, time of day and weekday considered.",
		More: "It is drawn as soon as a platform has been seen for four days. A term that nobody used before has the band of an ordinary new term: low, but not zero. " +
			"What is above the band is more than chance.",
		Formula: []string{"expected m = rate of the term × rhythm of the platform at that hour × share of the hour that was seen", "band: the counts at 10 % and 90 % of a negative binomial with mean m and variance m + φ·m²"},
		Source:  "Above 500 posts by the approximation of Wilson and Hilferty, PNAS 17, 1931.",
	},
	{
		ID: "hours-left", Word: "hours left", Group: "number",
		Short: "How many hours the trend may go on: a range that holds in eight of ten cases, not a promise.",
		More: "Most trends live 48 to 72 hours. Swell watches how long those of the same platform and kind lasted and reads off what is left for one of this age; " +
			"once a trend fades, how long others took to fade. It ends where nothing stands out any more, which is often half a day before the last post.",
		Example: "8–31 h: plan for tonight, not for the weekend.",
		Formula: []string{
			"of all closed trends that had got as old: the hours that 10, 50 and 90 % of them still had",
			"before there are such: 10 % end within 48 hours, 80 % between 48 and 72, 10 % later; this weighs as much as eight trends",
		},
		Source: "Swell's own; how often the range held is measured in bench/QUALITY.md.",
	},
	{
		ID: "started", Word: "started", Group: "number",
		Short: "When the rise began, an estimate. It was recognised somewhat later.",
	},
	{
		ID: "authors", Word: "authors", Group: "number",
		Short: "How many different people posted it, an estimate. Many posts by few authors are often bots or one busy account.",
		More: "Swell keeps no names. It keeps a fingerprint from which the number can be told but nobody recognised, and says how far it may be off: " +
			"in 19 of 20 cases the truth lies between the two bounds. Where a platform does not tell who posted, communities stand in, or nothing does.",
		Example: "1,240 (1,160–1,320).",
		Formula: []string{"relative standard error = 1.04 / √(2^p), that is 3.3 % with p = 10", "up to 32 authors are counted exactly"},
		Source:  "HyperLogLog: Flajolet, Fusy, Gandouet and Meunier, AofA 2007.",
	},
	{
		ID: "fresh-author", Word: "fresh author", Group: "number",
		Short: "Somebody who did not use the term in the 24 hours before. A rise is judged by them, so that one busy account makes none.",
		More:  "Who only reposts counts half.",
	},
	{
		ID: "exact", Word: "exact", Group: "number",
		Short:  "Counted one by one. Otherwise the number is an estimate that is never too low, and the page says by how much it may be too high.",
		More:   "Terms that are used most are tracked one by one; all others share counters, which can only count too much. “At least” stands where a counter was full.",
		Source: "Count-min sketch: Cormode and Muthukrishnan, J. Algorithms 55, 2005.",
	},
	{
		ID: "coverage", Word: "coverage", Group: "number",
		Short:   "For how much of the time Swell saw the platform. What was not seen is missing from all counts: it is not zero.",
		More:    "Nothing is learned from times that were not seen, and no trend fades by them. They are hatched in charts.",
		Example: "92 % of 72 hours: a good five hours are missing.",
	},
	{ID: "lift", Word: "lift", Group: "number", Short: "How many times as much as usual. × 1 is what is usual.", Example: "Thursdays at 19:00 have × 1.8: four in five more reactions than in the mean hour."},
	{
		ID: "score-of-company", Word: "how strongly related", Group: "number",
		Short:   "How much more often two terms come in the same posts than they would by chance.",
		Formula: []string{"G = 2·Σ observed·ln(observed / expected), over the posts with both, with either and with none"},
		Source:  "Log-likelihood ratio: Dunning, Computational Linguistics 19(1), 1993.",
	},
}
