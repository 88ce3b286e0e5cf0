package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/store"
)

// keepFlag is a flag for how long something is kept: 400d, 36h, or all.
type keepFlag struct{ to *time.Duration }

const oneDay = 24 * time.Hour

// String implements [fmt.Stringer].
func (k keepFlag) String() string {
	switch {
	case k.to == nil || *k.to == 0:
		return ""
	case *k.to < 0:
		return "all"
	case *k.to%oneDay == 0:
		return fmt.Sprintf("%dd", *k.to/oneDay)
	}
	return k.to.String()
}

// Set reads the flag.
func (k keepFlag) Set(text string) error {
	d, err := parseKeep(text)
	if err == nil {
		*k.to = d
	}
	return err
}

// Type names the value in the help.
func (keepFlag) Type() string { return "time" }

func parseKeep(text string) (time.Duration, error) {
	if text == "all" {
		return -1, nil
	}
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		if d = time.Duration(n) * oneDay; n > 100_000 {
			err = errors.New("too many days")
		}
	}
	if err != nil || d <= 0 {
		return 0, errors.New("write days as in 400d, a time as in 120h, or all")
	}
	return d, nil
}

// keepFlags are the flags about retention; the defaults stand in r.
func keepFlags(r *store.Retention, add func(value keepFlag, name, usage string)) {
	*r = r.WithDefaults()
	add(keepFlag{&r.Points}, "keep-points", "how long counts by hour are kept")
	add(keepFlag{&r.Panes}, "keep-panes", "how long counts by ten minutes are kept, and with them what single terms were as of a moment")
	add(keepFlag{&r.Rankings}, "keep-rankings", "how long every ranking is kept")
	add(keepFlag{&r.Detections}, "keep-detections", "how long changes of phase are kept")
	add(keepFlag{&r.Facets}, "keep-facets", "how long languages and regions of terms are kept")
}
