package workload

// locale is what a language brings to the made-up world: its clock, its words
// and the syllables its invented names are built from.
type locale struct {
	lang    string
	regions []string
	utc     int    // hours its people's clocks are ahead of UTC
	cased   bool   // written with capitals: compounds are CamelCase
	joint   string // stands between the words of a compound: "" or "_"

	heads, tails []string // a compound is a head, a tail
	ends         []string // and perhaps an end; a name may have an end too
	onsets       []string // an invented name is two or three of onset, vowel,
	vowels       []string // and perhaps a coda
	codas        []string
	weekdays     [7]string // Sunday first, as in package time
	greetings    [2]string // of the morning and of the night
	phrases      []string  // what people write before their hashtags
}

// locales returns the table in a fixed order, which is part of what a seed means.
func locales() []*locale { return localeTable[:] }

var localeTable = [...]*locale{
	&english, &spanish, &portuguese, &german, &turkish, &indonesian,
	&japanese, &korean, &arabic, &hindi,
}

// Languages returns the language codes that an audience may name.
func Languages() []string {
	var langs []string
	for _, l := range localeTable {
		langs = append(langs, l.lang)
	}
	return langs
}

// localeOf returns the locale of a language, or nil.
func localeOf(lang string) *locale {
	for _, l := range localeTable {
		if l.lang == lang {
			return l
		}
	}
	return nil
}
