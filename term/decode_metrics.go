package term

import (
	"slices"
	"strings"
)

// metrics reads an object of numbers, sorted by name.
func (d *Decoder) metrics(field string, into []Metric) ([]Metric, *DecodeError) {
	if null, err := d.open(field, jsonObject); null || err != nil {
		return into, err
	}
	ascending := true
	for more := d.r.open('}'); more; {
		name, err := d.r.name()
		if err != nil {
			return into, err
		}
		at := d.r.pos
		if len(name) > MaxFieldBytes {
			return into, wrong(field, at, "has a name of %d bytes; the limit is %d", len(name), MaxFieldBytes)
		}
		value, null, err := d.number(name)
		if err != nil {
			return into, err.within(field)
		}
		if !null {
			if len(into) == MaxReadings {
				return into, wrong(field, at, "has more than %d numbers", MaxReadings)
			}
			ascending = ascending && (len(into) == 0 || into[len(into)-1].Name < name)
			into = append(into, Metric{Name: name, Value: value})
		}
		if more, err = d.r.more('}'); err != nil {
			return into, err
		}
	}
	if ascending {
		return into, nil
	}
	slices.SortFunc(into, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(into); i++ {
		if into[i].Name == into[i-1].Name {
			return into, wrong(field, -1, "names %s twice", quote(into[i].Name))
		}
	}
	return into, nil
}
