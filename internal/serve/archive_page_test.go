package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Years after its end an archive is told of as it was at its end: by one clock, in the parts that scripts load, too.
func TestArchiveIsToldAsOfItsEnd(t *testing.T) {
	at := func(after time.Duration, target string) string {
		opt := fixedOptions(t)
		opt.Clock = func() time.Time { return time.Unix(fixedAsOf, 0).Add(after) }
		status, page := browse(t, newServer(t, opt), target)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", target, status)
		}
		return page
	}
	const years = 3 * 365 * 24 * time.Hour
	for _, target := range []string{"/terms/hashtag/booktok?part=now", "/terms/sound/id:douyin:7481?part=now"} {
		if then, later := at(0, target), at(years, target); then != later {
			t.Errorf("%s: at its end\n%s\nyears later\n%s", target, then, later)
		}
	}
	page := at(years, "/terms/hashtag/booktok")
	end := time.Unix(fixedAsOf, 0).UTC()
	if !strings.Contains(page, `value="`+end.Format("2006-01-02T15:04")+`"`) {
		t.Error("the form of a note does not begin at the end of the archive")
	}
	if strings.Contains(page, end.Add(years).Format("2006-01")) {
		t.Error("the page of an archive tells times of today")
	}
}
