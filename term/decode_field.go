package term

// field is a top-level field of a line that means something, in either shape.
type field uint8

const (
	fieldUnknown field = iota
	fieldType
	fieldTS
	fieldPlatform
	fieldID
	fieldAuthor
	fieldGroup
	fieldLang
	fieldRegion
	fieldText
	fieldRepost
	fieldTags
	fieldKeywords
	fieldMentions
	fieldLinks
	fieldSound
	fieldMetrics
	fieldList
	fieldCategory
	fieldTerm
	fieldMetric
	fieldUnit
	fieldValue
	fieldValues
	fieldUnits
	fieldMissing
)

// recordField returns the field with the given name. The compiler makes this a
// search by length and single bytes: no hash, no table.
func recordField(name string) field {
	switch name {
	case "type":
		return fieldType
	case "ts":
		return fieldTS
	case "platform":
		return fieldPlatform
	case "id":
		return fieldID
	case "author":
		return fieldAuthor
	case "group":
		return fieldGroup
	case "lang":
		return fieldLang
	case "region":
		return fieldRegion
	case "text":
		return fieldText
	case "repost":
		return fieldRepost
	case "tags":
		return fieldTags
	case "keywords":
		return fieldKeywords
	case "mentions":
		return fieldMentions
	case "links":
		return fieldLinks
	case "sound":
		return fieldSound
	case "metrics":
		return fieldMetrics
	case "list":
		return fieldList
	case "category":
		return fieldCategory
	case "term":
		return fieldTerm
	case "metric":
		return fieldMetric
	case "unit":
		return fieldUnit
	case "value":
		return fieldValue
	case "values":
		return fieldValues
	case "units":
		return fieldUnits
	case "missing":
		return fieldMissing
	}
	return fieldUnknown
}

// Fields of the objects that name a sound or the term of a gauge.
const (
	nameUnknown field = iota
	nameID
	nameISRC
	nameMBID
	nameTitle
	nameArtist
	nameKind // the rest in a gauge's term only
	nameKey
	nameText
)

func soundName(name string) field {
	switch name {
	case "id":
		return nameID
	case "isrc":
		return nameISRC
	case "mbid":
		return nameMBID
	case "title":
		return nameTitle
	case "artist":
		return nameArtist
	}
	return nameUnknown
}

func termName(name string) field {
	switch name {
	case "kind":
		return nameKind
	case "key":
		return nameKey
	case "text":
		return nameText
	}
	return soundName(name)
}

// fieldSet remembers which fields of an object were met: a known field that
// comes a second time is an error, because readers of the same line differ on
// which of the two counts.
type fieldSet uint32

// add reports whether f is met for the first time.
func (s *fieldSet) add(f field) bool {
	if *s&(1<<f) != 0 {
		return false
	}
	*s |= 1 << f
	return true
}
