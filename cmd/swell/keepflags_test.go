package main

import (
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/store"
)

func TestParseKeep(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"400d": 400 * oneDay, "7d": 7 * oneDay, "120h": 5 * oneDay, "all": -1,
		"": 0, "d": 0, "-3d": 0, "0d": 0, "1e9d": 0, "99999999d": 0, "week": 0, "-1h": 0, "none": 0,
	} {
		d, err := parseKeep(text)
		if d != want || (err == nil) != (want != 0) {
			t.Errorf("parseKeep(%q) = %v (%v), want %v", text, d, err, want)
		}
	}
}

func TestKeepFlagsShowTheirDefaults(t *testing.T) {
	var r store.Retention
	shown := map[string]string{}
	keepFlags(&r, func(value keepFlag, name, _ string) { shown[name] = value.String() })
	if shown["keep-points"] != "400d" || len(shown) != 5 {
		t.Errorf("flags show %v", shown)
	}
	if err := r.Validate(); err != nil {
		t.Error(err)
	}
}
