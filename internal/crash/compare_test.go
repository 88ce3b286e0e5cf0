//go:build unix

package crash

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// unbroken sends all deliveries to a program on a new directory, and stops it.
func unbroken(t *testing.T, dir string, all []*delivery) {
	t.Helper()
	p := serveOn(t, dir, launch{}).mustServe()
	p.mustAccept(all...)
	p.stop()
}

// endAlike closes the panes of all that was sent to both directories with a last
// record, and fails the test unless they then hold the same state, and the first one
// what the model says.
//
// A snapshot is cut where the last record closes a pane, unless one is being
// written just then: if so, another last record is sent to both.
func endAlike(t *testing.T, dir, through string, all []*delivery) {
	t.Helper()
	var ends []*delivery
	for n := 1; n <= 20; n++ {
		end := closing(all, n)
		ends = append(ends, end)
		want := (end.last - lateness.Microseconds()) / 600e6 * 600e6
		settle(t, dir, end)
		settle(t, through, end)
		got, unbroken := digestOf(t, dir), digestOf(t, through)
		if got.watermark != want || unbroken.watermark != want {
			continue
		}
		got.same(t, unbroken)
		m := newModel(append(append([]*delivery{}, all...), ends...)...)
		p, q := serveOn(t, dir, launch{}).mustServe(), serveOn(t, through, launch{}).mustServe()
		m.agrees(p, 30)
		m.agrees(q, 10)
		answerAlike(t, p, q, m, 15)
		p.stop()
		q.stop()
		return
	}
	t.Fatal("no snapshot was cut at the last record in twenty attempts")
}

// settle sends a last record to a directory, waits for the snapshot that is cut
// before it, and stops.
func settle(t *testing.T, dir string, end *delivery) {
	t.Helper()
	p := serveOn(t, dir, launch{}).mustServe()
	p.eventually(func() error {
		if st := p.status(); !st.Ready || st.Intake.Waiting > 0 {
			return fmt.Errorf("not all is counted: %+v", st.Intake)
		}
		return nil
	})
	time.Sleep(100 * time.Millisecond) // for a snapshot on its way
	before := strings.Count(p.log.String(), "snapshot kept")
	p.mustAccept(end)
	p.counted(end.last)
	for limit := time.Now().Add(15 * time.Second); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if strings.Count(p.log.String(), "snapshot kept") > before {
			break
		}
	}
	p.stop()
}

// answerAlike fails the test unless both programs give the same answers, byte for
// byte: the ranking, and what is asked about the most used terms.
func answerAlike(t *testing.T, p, q *process, m *model, most int) {
	t.Helper()
	span := url.Values{
		"from": {worldStart.Format(time.RFC3339)},
		"to":   {time.UnixMicro(m.newest).UTC().Format(time.RFC3339)},
	}.Encode()
	paths := []string{"/api/v1/trends?series=1&limit=100"}
	terms := m.terms()
	for _, u := range terms[:min(most, len(terms))] {
		paths = append(paths, api.TermPath(u.kind, u.key), api.TermPath(u.kind, u.key)+"/series?"+span)
	}
	for _, path := range paths {
		p.eventually(func() error {
			status, got, err := p.get(path)
			if err != nil {
				return err
			}
			alike, want, err := q.get(path)
			if err != nil {
				return err
			}
			if status != http.StatusOK || status != alike || !bytes.Equal(got, want) {
				return fmt.Errorf("%s: %d\n%s\nunbroken %d\n%s", path, status, got, alike, want)
			}
			return nil
		})
	}
}
