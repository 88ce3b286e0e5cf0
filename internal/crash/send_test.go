//go:build unix

package crash

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// outcome is what a producer knows of a delivery.
type outcome struct {
	status int // of the answer; 0: there was none
	text   string
	err    error
}

func (o outcome) accepted() bool { return o.status == http.StatusAccepted }

func (o outcome) String() string {
	return fmt.Sprintf("status %d, %.300s (%v)", o.status, o.text, o.err)
}

// send sends a delivery until the program has counted what it accepted before its start,
// and tells what became of it then.
func (p *process) send(d *delivery) outcome {
	for {
		o := p.sendOnce(d)
		if o.status != http.StatusServiceUnavailable || !strings.Contains(o.text, "before the start") {
			return o
		}
		time.Sleep(time.Millisecond)
	}
}

func (p *process) sendOnce(d *delivery) outcome {
	req, err := http.NewRequest(http.MethodPost, p.address+"/api/v1/records", bytes.NewReader(d.body))
	if err != nil {
		return outcome{err: err}
	}
	if d.producer != "" {
		req.Header.Set("Swell-Producer", d.producer)
		req.Header.Set("Swell-Epoch", strconv.FormatUint(d.epoch, 10))
		req.Header.Set("Swell-Seq", strconv.FormatUint(d.seq, 10))
	}
	resp, err := web.Do(req)
	if err != nil {
		return outcome{err: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return outcome{err: err}
	}
	return outcome{status: resp.StatusCode, text: string(text)}
}

// mustAccept fails the test unless the deliveries are accepted.
func (p *process) mustAccept(all ...*delivery) {
	p.t.Helper()
	for _, d := range all {
		if o := p.send(d); !o.accepted() {
			p.t.Fatalf("delivery %d of %s: %v\n%s", d.seq, d.producer, o, tailOf(p.log.String(), 30))
		}
	}
}

// get returns the body of an answer.
func (p *process) get(path string) (int, []byte, error) {
	resp, err := web.Get(p.address + path)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func (p *process) status() api.StatusAnswer {
	p.t.Helper()
	st, err := p.client().Status(p.t.Context())
	if err != nil {
		p.t.Fatalf("%v\n%s", err, tailOf(p.log.String(), 30))
	}
	return st
}

// counted returns the status once all that was accepted is counted, and all panes
// are closed that end so much before a time.
func (p *process) counted(newest int64) api.StatusAnswer {
	p.t.Helper()
	pane := (10 * time.Minute).Microseconds()
	until := time.UnixMicro((newest - p.lateness.Microseconds()) / pane * pane)
	var st api.StatusAnswer
	p.eventually(func() error {
		st = p.status()
		if !st.Ready || st.Intake == nil || st.Intake.Waiting > 0 || st.AsOf == nil || st.AsOf.Before(until) {
			return fmt.Errorf("not counted up to %v: as of %v, %+v", until, st.AsOf, st.Intake)
		}
		return nil
	})
	return st
}

// patience is how long something may take to be seen that has been done.
const patience = time.Minute

// eventually tries until there is no error. What is not seen in the end fails the test.
func (p *process) eventually(try func() error) {
	p.t.Helper()
	var err error
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
		if !p.isUp() {
			break
		}
	}
	p.t.Fatalf("%v\n%s", err, tailOf(p.log.String(), 40))
}
