//go:build unix

package crash

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// Whoever is told of something is told of it whenever the program is killed: each alert at least once, under one ID;
// each digest once where the receiver knows a repeat by its ID, and else at most once, and is then a dead letter
// if it did not arrive.
func TestToldThroughKills(t *testing.T) {
	t.Parallel()
	rng := random(t)
	k := newTelling(t, rng)
	var names []string
	for _, name := range points(t) {
		if told(name) {
			names = append(names, name)
		}
	}
	if len(names) < 7 {
		t.Fatalf("there are the points %v: the test shows nothing", names)
	}
	p := k.start()
	k.rule(p)
	k.feed(p, len(k.all)/2)
	p.stop()
	for round := range 1 + *roundsFlag/100 {
		for _, name := range names {
			times := 1 + rng.IntN(2+round)
			if !k.killAt(name, times) {
				t.Errorf("%s is not reached %d times", name, times)
			}
		}
		for range 2 + *roundsFlag/20 {
			k.killAnytime()
		}
	}
	p = k.start()
	k.feed(p, len(k.all))
	k.tomorrow(p)
	k.settle(p)
	k.holds(p)
	p.stop()
}

// told reports whether a point is one between finding something and having told it.
func told(name string) bool {
	return strings.HasPrefix(name, "app.alert.") || strings.HasPrefix(name, "app.digest.") || strings.HasPrefix(name, "outbox.")
}

// telling is a data directory on its way through kills, with two receivers and a clock of its own.
type telling struct {
	t          *testing.T
	rng        *rand.Rand
	dir        string
	clock      string // file with the offset
	now        time.Time
	l          launch
	all        []*delivery
	next, days int
	hook, chat *receiver
	kills      int
}

func newTelling(t *testing.T, rng *rand.Rand) *telling {
	t.Helper()
	dir := t.TempDir()
	k := &telling{
		t: t, rng: rng, dir: filepath.Join(dir, "data"), clock: filepath.Join(dir, "clock"), hook: newReceiver(t, rng.Uint64(), hookID, 204, ""), chat: newReceiver(t, rng.Uint64(), chatDay, 200, "ok"),
		all: deliveries(posts(t, rng.Uint64(), 2, 0.1), 500, "p"),
	}
	config := filepath.Join(dir, "swell.toml")
	text := `
[sources.bluesky]
on = false
[sinks.hook]
kind = "webhook"
url = "$SWELL_TEST_HOOK"
secret = "$SWELL_TEST_SECRET"
private = true
[sinks.chat]
kind = "slack"
url = "$SWELL_TEST_CHAT"
private = true
[recipients.ana]
sinks = ["hook"]
alerts_per_hour = 0
alerts_per_day = 0
[digests.team]
at = "08:00"
sinks = ["hook", "chat"]
`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.l = launch{sources: config, env: []string{
		"SWELL_CLOCK=" + k.clock, "SWELL_TEST_HOOK=" + k.hook.URL + "/hook", "SWELL_TEST_CHAT=" + k.chat.URL + "/services/T0/B0/x", "SWELL_TEST_SECRET=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	}}
	k.set(worldStart)
	return k
}

// set moves the clock to a time.
func (k *telling) set(to time.Time) {
	k.t.Helper()
	k.now = to
	if err := os.WriteFile(k.clock+".new", []byte(strconv.FormatInt(to.Unix()-time.Now().Unix(), 10)), 0o600); err != nil {
		k.t.Fatal(err)
	}
	if err := os.Rename(k.clock+".new", k.clock); err != nil {
		k.t.Fatal(err)
	}
}

func (k *telling) start(env ...string) *process {
	k.t.Helper()
	l := k.l
	l.env = append(slices.Clone(l.env), env...)
	p := serveOn(k.t, k.dir, l)
	if len(env) == 0 {
		p.mustServe()
	}
	return p
}

// rule has everything told that is raised.
func (k *telling) rule(p *process) {
	k.t.Helper()
	req, err := http.NewRequest(http.MethodPut, p.address+"/api/v1/rules/all", strings.NewReader(`{"title":"all","phases":["emerging","rising","peaking"],"min_score":0}`))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := web.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(resp.Body)
		k.t.Fatalf("status %d: %s", resp.StatusCode, text)
	}
}

// feed sends deliveries up to the n-th; the clock goes with them. It returns false if the program is gone before.
func (k *telling) feed(p *process, n int) bool {
	k.t.Helper()
	for ; k.next < n; k.next++ {
		d := k.all[k.next]
		if at := time.UnixMicro(d.last).Add(time.Minute); at.After(k.now) {
			k.set(at)
		}
		switch o := p.send(d); {
		case o.accepted():
		case o.status == 0:
			return false
		default:
			k.t.Fatalf("delivery %d: %v", d.seq, o)
		}
		if !k.looked(p, time.UnixMicro(d.last).Add(-2*time.Hour)) {
			k.next++ // it was accepted
			return false
		}
	}
	return true
}

// looked returns once alerts were looked for up to a time, before which they are no news. It returns false if the
// program is gone before.
func (k *telling) looked(p *process, at time.Time) bool {
	k.t.Helper()
	if k.next < 5 {
		return true // nothing is closed yet
	}
	for limit := time.Now().Add(patience); p.isUp(); time.Sleep(5 * time.Millisecond) {
		var found api.AlertsAnswer
		_, body, err := p.get("/api/v1/alerts?limit=1")
		if err == nil && json.Unmarshal(body, &found) == nil && found.AsOf != nil && !found.AsOf.Before(at) {
			return true
		}
		if time.Now().After(limit) {
			k.t.Fatalf("nobody looks for alerts up to %s: %.300s\n%s", at, body, tailOf(p.log.String(), 40))
		}
	}
	return false
}

// tomorrow lets a day go by up to nine in the morning, and waits for the digest of the day before. It returns false if
// the program is gone before that was told.
func (k *telling) tomorrow(p *process) bool {
	k.t.Helper()
	k.days++
	end := closing(k.all, 8*k.days)
	at := time.UnixMicro(end.last).Truncate(24 * time.Hour).Add(33 * time.Hour)
	end = newDelivery("closing", uint64(k.days), end.records)
	end.records[0].TS = at.UnixMicro()
	end = newDelivery("closing", uint64(k.days), end.records)
	k.set(at.Add(time.Minute))
	switch o := p.send(end); {
	case o.accepted():
	case o.status == 0:
		k.days--
		return false
	default:
		k.t.Fatalf("the delivery of day %d: %v", k.days, o)
	}
	day := at.AddDate(0, 0, -1).Format(time.DateOnly)
	for limit := time.Now().Add(patience); k.hook.count("digest-team-"+day) == 0; time.Sleep(20 * time.Millisecond) {
		if !p.isUp() {
			return false
		}
		if time.Now().After(limit) {
			k.t.Fatalf("the digest of %s is not sent\n%s", day, tailOf(p.log.String(), 40))
		}
		k.set(k.now.Add(time.Second)) // what failed is tried again in seconds
	}
	return true
}

// killAt goes on until the program dies at a point, and reports whether it does.
func (k *telling) killAt(name string, times int) bool {
	k.t.Helper()
	p := k.start(fmt.Sprintf("SWELL_FAULT=%s#%d", name, times))
	for day := 0; p.address != "" && k.feed(p, min(k.next+3, len(k.all)-10)) && (k.next < len(k.all)-10 || k.tomorrowAfterAll(p)); day++ {
		if day == 12 {
			p.stop()
			return false
		}
	}
	if code := p.wait(); code != -1 {
		k.t.Fatalf("armed with %s it ended with %d", name, code)
	}
	p.noPanic()
	k.kills++
	return true
}

// tomorrowAfterAll is tomorrow once the posts are all there: the next days have none.
func (k *telling) tomorrowAfterAll(p *process) bool {
	if !k.feed(p, len(k.all)) {
		return false
	}
	return k.tomorrow(p)
}

// killAnytime kills the program in the middle of what it does.
func (k *telling) killAnytime() {
	k.t.Helper()
	p := k.start()
	p.killAfter(time.Duration(200+k.rng.IntN(2500)) * time.Millisecond)
	for k.tomorrowAfterAll(p) {
	}
	p.wait()
	p.noPanic()
	k.kills++
}

// settle waits until nothing is left to be sent.
func (k *telling) settle(p *process) {
	k.t.Helper()
	p.eventually(func() error {
		k.set(k.now.Add(20 * time.Second))
		for _, s := range p.status().Sinks {
			if s.Waiting > 0 {
				return fmt.Errorf("%d messages wait for %s: %s", s.Waiting, s.Name, s.Error)
			}
		}
		return nil
	})
}

// holds fails the test unless everybody was told as is promised.
func (k *telling) holds(p *process) {
	k.t.Helper()
	dead := map[string]string{}
	box, err := p.client().Outbox(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, m := range box.Messages {
		dead[m.ID] = m.Error
	}
	_, body, err := p.get("/api/v1/alerts?limit=1000")
	if err != nil {
		k.t.Fatal(err)
	}
	var found api.AlertsAnswer
	if err := json.Unmarshal(body, &found); err != nil {
		k.t.Fatalf("%v: %.300s", err, body)
	}
	alerts, late := 0, 0
	for _, a := range found.Alerts {
		if !slices.ContainsFunc(a.Told, func(x api.AlertTold) bool { return x.How == "sent" }) {
			continue
		}
		alerts++
		// One that was not taken at once is no news any more on the next of these days.
		switch why := dead["hook."+a.ID+"-hook"]; {
		case k.hook.count(a.ID+"-hook") > 0:
		case strings.HasPrefix(why, "too late"):
			late++
		default:
			k.t.Errorf("the alert %s (%s) did not arrive: %q", a.ID, a.Title, why)
		}
	}
	digests, inDoubt := 0, 0
	for id := range k.hook.all() {
		day, ok := strings.CutPrefix(id, "digest-team-")
		if !ok {
			continue
		}
		digests++
		if len(day) != len(time.DateOnly) {
			k.t.Errorf("the digest of a day has the ID %s", id)
		}
		when, err := time.Parse(time.DateOnly, day)
		if err != nil {
			k.t.Fatal(err)
		}
		n, why := k.chat.count(when.Format("Monday, January 2")), dead["chat."+id]
		switch {
		case n > 1:
			k.t.Errorf("the digest of %s came %d times", day, n)
		case n == 0 && why == "" && k.now.Sub(when) > 30*24*time.Hour: // a dead letter is not kept for longer
		case n == 0 && why == "":
			k.t.Errorf("the digest of %s did not come, and is no dead letter", day)
		case n == 0 || why != "":
			inDoubt++
		}
	}
	if alerts-late < 3 || digests < 5 {
		k.t.Errorf("%d alerts and %d digests: the test shows nothing", alerts, digests)
	}
	k.t.Logf("%d kills; %d alerts and %d digests told; %d came twice under their ID; %d alerts were too late in the end, %d digests are in doubt", k.kills, alerts, digests, k.hook.repeats(), late, inDoubt)
}

// receiver takes messages, and fails now and then.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	rng  *rand.Rand
	seen map[string]int // how often one came, by its name
}

func newReceiver(t *testing.T, seed uint64, name func(r *http.Request, body []byte) string, status int, answer string) *receiver {
	c := &receiver{rng: rand.New(rand.NewPCG(seed, 1)), seen: map[string]int{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // its sender is gone
		}
		c.mu.Lock()
		fails := c.rng.IntN(12) == 0
		if !fails {
			c.seen[name(r, body)]++
		}
		c.mu.Unlock()
		if fails {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(c.Close)
	return c
}

func hookID(r *http.Request, _ []byte) string { return r.Header.Get("webhook-id") }

var dayName = regexp.MustCompile(`[A-Z][a-z]+day, [A-Z][a-z]+ [0-9]+`)

func chatDay(_ *http.Request, body []byte) string { return string(dayName.Find(body)) }

func (c *receiver) count(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen[name]
}

func (c *receiver) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]int{}
	for name, n := range c.seen {
		out[name] = n
	}
	return out
}

func (c *receiver) repeats() (n int) {
	for _, times := range c.all() {
		n += times - 1
	}
	return n
}
