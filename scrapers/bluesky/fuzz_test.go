package bluesky

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

// FuzzDecode gives any bytes to the decoder. It may not panic, and what comes out is valid. What
// encoding/json understands it understands too, and alike.
func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, "testdata/cases") {
		for _, line := range lines(body) {
			f.Add(line)
		}
	}
	for _, message := range []string{typical, like, identity} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		var d decoder
		var b stream.Batch
		_, err := d.decode(message, caseNow, &b)
		checkRecords(t, &b)
		if len(b.Records()) > 1 || err != nil && len(b.Records()) > 0 {
			t.Fatalf("%d records and the error %v", len(b.Records()), err)
		}
		if err == errNoJSON && json.Valid(message) {
			t.Fatal("it says that JSON is none")
		}
		plain, ok := canonical(message)
		if !ok {
			return
		}
		want, ok := model(plain, caseNow)
		if !ok {
			return
		}
		b = stream.Batch{}
		_, _ = d.decode(plain, caseNow, &b)
		var got *term.Record
		if len(b.Records()) > 0 {
			got = &b.Records()[0]
		}
		if want != nil && (len(want.ID) > term.MaxFieldBytes || len(want.Text) > term.MaxTextBytes || len(want.Tags) > mostTags || len(want.Links) > mostLinks) {
			return
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s\n%s", plain, d)
		}
	})
}

// canonical returns a message with every member once, in the order of their names, which are not met in another
// case: on what else means readers differ.
func canonical(message []byte) ([]byte, bool) {
	if !utf8.Valid(message) {
		return nil, false
	}
	var v any
	r := json.NewDecoder(bytes.NewReader(message))
	r.UseNumber()
	if err := r.Decode(&v); err != nil || !lower(v) {
		return nil, false
	}
	out, err := json.Marshal(v)
	return out, err == nil
}

// lower reports whether no name in a value has letters that are not the lexicon's.
func lower(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			for _, c := range name {
				if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' && name != "byteStart" && name != "byteEnd" && name != "createdAt" {
					return false
				}
			}
			if !lower(value) {
				return false
			}
		}
	case []any:
		for _, value := range v {
			if !lower(value) {
				return false
			}
		}
	}
	return true
}
