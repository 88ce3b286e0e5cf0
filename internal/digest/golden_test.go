package digest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is another than it was; look at it with -update and git diff", path)
	}
}

var (
	allAudiences = []string{api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher}
	allFormats   = []string{api.DigestJSON, api.DigestHTML, api.DigestMarkdown, api.DigestText}
)

// What each audience reads in each format: of a busy day, a week, a quiet day, one of which nothing was seen, and one
// whose every name is an attack.
func TestGolden(t *testing.T) {
	for name, in := range map[string]Input{"busy": busy(daysOfDigest), "week": busy(daysOfWeek), "quiet": fixture(daysOfDigest), "blind": blind(), "hostile": attacked()} {
		d := Build(in)
		for _, format := range allFormats {
			for _, audience := range allAudiences {
				if format != api.DigestText && (name == "week" || name == "quiet" || name == "blind") {
					continue
				}
				if format == api.DigestJSON && audience != api.AudienceManager {
					continue // is the same
				}
				doc, err := Render(d, Style{Audience: audience, Format: format, Base: "https://radar.example/", Attached: true})
				if err != nil {
					t.Fatal(err)
				}
				golden(t, fmt.Sprintf("%s-%s.%s", name, audience, format), doc.Body)
			}
		}
		brief, err := json.MarshalIndent(BriefOf(d, Style{Audience: api.AudienceManager, Base: "https://radar.example"}), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+"-brief.json", append(brief, '\n'))
	}
}

func blind() Input {
	in := fixture(daysOfDigest)
	day := &in.Days[daysOfDigest-1]
	day.Coverage.Share = 0
	for i := range day.Coverage.Platforms {
		p := &day.Coverage.Platforms[i]
		p.Share, p.Missing = 0, []api.Span{{From: day.From, To: day.To}}
	}
	return in
}

// The pictures are small, the same every time, and there is one for each that the page shows.
func TestPictures(t *testing.T) {
	for _, audience := range allAudiences {
		s := Style{Audience: audience, Format: api.DigestHTML, Attached: true}
		d := Build(busy(daysOfWeek))
		doc, err := Render(d, s)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := Render(d, s)
		if len(doc.Images) == 0 || strings.Count(string(doc.Body), "cid:") < len(doc.Images) {
			t.Errorf("%s: %d pictures, shown %d times", audience, len(doc.Images), strings.Count(string(doc.Body), "cid:"))
		}
		for i, img := range doc.Images {
			if !bytes.Contains(doc.Body, []byte(`src="cid:`+img.Name+`"`)) || img.Alt == "" || !bytes.HasPrefix(img.PNG, []byte("\x89PNG")) {
				t.Errorf("%s: %s, %q", audience, img.Name, img.Alt)
			}
			if len(img.PNG) > 6000 || !bytes.Equal(img.PNG, again.Images[i].PNG) {
				t.Errorf("%s: %s has %d bytes, or others the next time", audience, img.Name, len(img.PNG))
			}
		}
		s.Attached = false
		doc, err = Render(d, s)
		if err != nil || len(doc.Images) > 0 || !bytes.Contains(doc.Body, []byte(`src="data:image/png;base64,`)) {
			t.Errorf("%s: %v, %d pictures", audience, err, len(doc.Images))
		}
	}
}
