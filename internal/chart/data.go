package chart

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// data returns the numbers of the hours for a script, as JSON: where the drawing begins and how long an hour of it is in
// seconds, the zone, and by rows: in which step, posts, authors, low, expected, high, 1 if it still runs. A row of the hours to
// come has low, middle and high in the place of the last.
func (c *Course) data(p *plot) string {
	var b bytes.Buffer
	b.WriteString(`{"from":` + strconv.FormatInt(p.from.Unix(), 10) + `,"to":` + strconv.FormatInt(p.to.Unix(), 10))
	b.WriteString(`,"step":` + strconv.FormatFloat(c.step().Seconds(), 'f', -1, 64) + `,"zone":` + strconv.Quote(zoneName(p.zone)))
	b.WriteString(`,"authors":` + strconv.FormatBool(c.Authors) + `,"hours":[`)
	first := true
	row := func(start time.Time, values ...float64) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString("[" + strconv.FormatInt(start.Unix()-p.from.Unix(), 10))
		for _, v := range values {
			b.WriteString("," + plain(v))
		}
		b.WriteByte(']')
	}
	for i := range c.Hours {
		if h := &c.Hours[i]; c.seen(p, h.Start) {
			running := 0.0
			if h.Partial {
				running = 1
			}
			row(h.Start, h.Posts, h.Authors, h.Low, h.Expected, h.High, running)
		}
	}
	b.WriteString(`],"ahead":[`)
	first = true
	for _, a := range c.Fan {
		if c.seen(p, a.Start) {
			row(a.Start, a.Low, a.Mid, a.High)
		}
	}
	b.WriteString("]}")
	return b.String()
}

// plain writes a number for JSON with one decimal at most, or null.
func plain(x float64) string {
	x, ok := known(x)
	if !ok || math.Abs(x) > 1e15 {
		return "null"
	}
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}

// zoneName is the name that a script gives to the browser.
func zoneName(zone *time.Location) string {
	if name := zone.String(); name != "Local" && !strings.ContainsAny(name, `"\<>&`) {
		return name
	}
	return "UTC"
}

// jsonText writes a string for JSON.
func jsonText(s string) string {
	b, err := json.Marshal(clean(s))
	if err != nil {
		return `""`
	}
	return string(b)
}
