package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// drawer keeps items in memory, as a store does on the disk.
type drawer struct {
	mu    sync.Mutex
	items map[string][]byte
	fails error
}

func newDrawer() *drawer { return &drawer{items: map[string][]byte{}} }

func (d *drawer) PutItems(items ...store.Item) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil {
		return d.fails
	}
	if len(items) > store.MaxItems {
		return fmt.Errorf("%d items at once", len(items))
	}
	for _, it := range items {
		if len(it.Key) > store.MaxItemKey || len(it.Value) > store.MaxItemValue {
			return fmt.Errorf("%w: %s has %d bytes", store.ErrInvalid, it.Key, len(it.Value))
		}
		if delete(d.items, it.Key); it.Value != nil {
			d.items[it.Key] = slices.Clone(it.Value)
		}
	}
	return nil
}

func (d *drawer) Item(key string) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if v := d.items[key]; string(v) == "damaged" {
		return nil, store.ErrDamaged
	}
	return slices.Clone(d.items[key]), nil
}

func (d *drawer) sorted(prefix string) (out []store.Item) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for k, v := range d.items {
		if strings.HasPrefix(k, prefix) {
			out = append(out, store.Item{Key: k, Value: v})
		}
	}
	slices.SortFunc(out, func(a, b store.Item) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func (d *drawer) yield(items iter.Seq2[int, store.Item], wanted func(key string) bool) iter.Seq2[store.Item, error] {
	return func(yield func(store.Item, error) bool) {
		for _, it := range items {
			var err error
			if string(it.Value) == "damaged" {
				it.Value, err = nil, store.ErrDamaged
			}
			if wanted(it.Key) && !yield(it, err) {
				return
			}
		}
	}
}

func (d *drawer) Items(prefix, from string) iter.Seq2[store.Item, error] {
	return d.yield(slices.All(d.sorted(prefix)), func(key string) bool { return key >= from })
}

func (d *drawer) ItemsBefore(prefix, until string) iter.Seq2[store.Item, error] {
	return d.yield(slices.Backward(d.sorted(prefix)), func(key string) bool { return until == "" || key < until })
}

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) // a Monday

func openDesk(t testing.TB, on Drawer) *Desk {
	t.Helper()
	d, damaged, err := Open(on)
	if err != nil || len(damaged) > 0 {
		t.Fatal(err, damaged)
	}
	return d
}

// openTelling opens a desk whose rule emerging tells of each phase.
func openTelling(t testing.TB, on Drawer) *Desk {
	t.Helper()
	d := openDesk(t, on)
	was, err := d.Rule(judge.RuleEmerging)
	if err != nil {
		t.Fatal(err)
	}
	each := was.Rule
	each.Once = false
	r, err := judge.Compile(each)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.PutRule(r, start, func(*judge.Rule) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return d
}

func moment(pane int, trends ...engine.Trend) *judge.Moment {
	at := start.Unix() + int64(pane)*detect.PaneSeconds
	return &judge.Moment{At: at, View: &engine.View{AsOf: at, Trends: trends}}
}

func rising(key string, phase detect.Phase) engine.Trend {
	t := engine.Trend{Term: term.Term{Kind: term.Hashtag, Key: key, Display: key}, Platform: "x", Hours: make([]uint32, 72), Posts: 5000, Authors24: 900}
	t.Group = uint64(term.ScopeOf(term.Hashtag, "").ID(key))
	t.Phase, t.Raised, t.Confidence, t.PostsPerHour, t.ExpectedPerHour = phase, start.Unix()/detect.PaneSeconds, 0.95, 400, 12
	t.Left = detect.Hours{Low: 9, Mid: 20, High: 40}
	return t
}

var all = []*Recipient{{Name: "ana", Weekends: true}, {Name: "bo", Weekends: true, Rules: []string{"crisis"}}}

// see takes a step and commits it.
func see(t testing.TB, d *Desk, m *judge.Moment, now time.Time) *Outcome {
	t.Helper()
	out, err := d.Step(m, all, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.drawer.PutItems(out.Items()...); err != nil {
		t.Fatal(err)
	}
	out.Done()
	return out
}

func at(pane int) time.Time { return start.Add(time.Duration(pane) * 10 * time.Minute) }

func TestALifeOfAnAlert(t *testing.T) {
	on := newDrawer()
	d := openTelling(t, on)
	see(t, d, moment(0), at(0))
	a := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts
	if len(a) != 1 || len(a[0].Told) != 1 || a[0].Told[0].How != HowSent || a[0].Told[0].Recipient != "ana" {
		t.Fatalf("got %+v", a)
	}
	id := a[0].ID

	// Snoozed: the next phase is not sent, and what is due is told again.
	until := at(4)
	got, err := d.Act(id, api.AlertAction{Action: ActSnooze, Until: &until}, at(1))
	if err != nil || got.State != api.AlertSnoozed || !got.Until.Equal(until) {
		t.Fatalf("got %+v, %v", got, err)
	}
	b := see(t, d, moment(2, rising("a", detect.Rising)), at(2)).Alerts
	if len(b) != 1 || b[0].State != api.AlertSnoozed || b[0].Told[0].Why != "its thread is snoozed" {
		t.Fatalf("got %+v", b)
	}
	d = openDesk(t, on) // the program is started again
	if again := see(t, d, moment(3, rising("a", detect.Rising)), at(3)).Alerts; len(again) > 0 {
		t.Fatalf("told too early of %+v", again)
	}
	again := see(t, d, moment(4, rising("a", detect.Rising)), at(4)).Alerts
	if len(again) != 1 || again[0].ID != b[0].ID || again[0].State != api.AlertOpen || len(again[0].Told) != 2 || again[0].Told[1].How != HowSent {
		t.Fatalf("got %+v", again)
	}
	if kept, err := d.Alert(again[0].ID); err != nil || kept.State != api.AlertOpen || !kept.TS.Equal(b[0].TS) || len(kept.Told) != 2 {
		t.Fatalf("kept %+v, %v", kept, err)
	}

	// It is over once it has been away for long.
	var over []api.Alert
	for pane := 5; pane < 60; pane++ {
		over = append(over, see(t, d, moment(pane), at(pane)).Over...)
	}
	if len(over) != 1 || over[0].ID != b[0].ID || over[0].State != api.AlertOver || len(over[0].Told) != 3 {
		t.Fatalf("over: %+v", over)
	}
	for _, id := range []string{id, b[0].ID} {
		if kept, err := d.Alert(id); err != nil || kept.State != api.AlertOver || kept.Until != nil {
			t.Errorf("kept %+v, %v", kept, err)
		}
	}
	if _, err := d.Act(id, api.AlertAction{Action: ActAcknowledge}, at(60)); !errors.Is(err, ErrOver) {
		t.Errorf("acknowledged: %v", err)
	}
}

func TestActions(t *testing.T) {
	d := openTelling(t, newDrawer())
	see(t, d, moment(0), at(0))
	id := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts[0].ID
	past, far := at(0), at(1).Add(MaxAge+time.Hour)
	for _, bad := range []api.AlertAction{{}, {Action: "like"}, {Action: ActSnooze}, {Action: ActSnooze, Until: &past}, {Action: ActSnooze, Until: &far}, {Action: ActReopen, Until: &far}} {
		if _, err := d.Act(id, bad, at(1)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "../a", "20260302-0810-000000000000"} {
		if _, err := d.Act(bad, api.AlertAction{Action: ActReopen}, at(1)); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if a, err := d.Act(id, api.AlertAction{Action: ActAcknowledge}, at(1)); err != nil || a.State != api.AlertAcknowledged {
		t.Fatalf("%+v, %v", a, err)
	}
	if next := see(t, d, moment(2, rising("a", detect.Rising)), at(2)).Alerts; next[0].Told[0].Why != "its thread is acknowledged" {
		t.Errorf("got %+v", next)
	}
	if a, err := d.Act(id, api.AlertAction{Action: ActReopen}, at(2)); err != nil || a.State != api.AlertOpen {
		t.Errorf("%+v, %v", a, err)
	}
}

// A step that is dropped, or whose items could not be put, found nothing: the next one finds the same.
func TestADroppedStepFindsTheSameAgain(t *testing.T) {
	d := openTelling(t, newDrawer())
	see(t, d, moment(0), at(0))
	m := moment(1, rising("a", detect.Emerging), rising("b", detect.Rising))
	first, err := d.Step(m, all, at(1))
	if err != nil {
		t.Fatal(err)
	}
	first.Drop()
	second := see(t, d, m, at(1))
	a, b := mustJSON(t, first.Items()), mustJSON(t, second.Items())
	if a != b || len(second.Alerts) != 2 {
		t.Errorf("first %s, then %s", a, b)
	}
	if third := see(t, d, m, at(1)); len(third.Alerts) > 0 {
		t.Errorf("then %+v", third.Alerts)
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRulesAreKept(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	anyhow := func(*judge.Rule) error { return nil }
	if got := d.Rules(); len(got) != 5 || !got[0].Builtin || got[0].Name != "crisis" {
		t.Fatalf("at first %+v", got)
	}
	mine := judge.None("mine")
	mine.MinScore = 3
	r, err := judge.Compile(mine)
	if err != nil {
		t.Fatal(err)
	}
	if put, replaced, err := d.PutRule(r, at(0), anyhow); err != nil || replaced || !put.Changed.Equal(at(0)) {
		t.Fatalf("%+v %t %v", put, replaced, err)
	}
	crisis, err := d.Rule("crisis")
	if err != nil {
		t.Fatal(err)
	}
	off := crisis.Rule
	off.Off = true
	if r, err = judge.Compile(off); err != nil {
		t.Fatal(err)
	}
	if err := d.DropRule("crisis", anyhow); !errors.Is(err, ErrBuiltin) {
		t.Errorf("dropped: %v", err)
	}
	if put, replaced, err := d.PutRule(r, at(0), anyhow); err != nil || !replaced || put.Builtin {
		t.Errorf("%+v %t %v", put, replaced, err)
	}
	refusal := errors.New("no")
	if _, _, err := d.PutRule(r, at(0), func(old *judge.Rule) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("refused: %v", err)
	}
	again := openDesk(t, on)
	if a, b := mustJSON(t, d.Rules()), mustJSON(t, again.Rules()); a != b || len(again.Rules()) != 6 {
		t.Errorf("%s is read as %s", a, b)
	}
	if err := again.DropRule("crisis", anyhow); err != nil {
		t.Error(err)
	}
	if r, err := again.Rule("crisis"); err != nil || !r.Builtin || r.Off {
		t.Errorf("%+v, %v", r, err)
	}
	if err := again.DropRule("mine", anyhow); err != nil {
		t.Error(err)
	}
	if err := again.DropRule("mine", anyhow); !errors.Is(err, ErrNotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	for i := range judge.MaxRules {
		mine.Name = fmt.Sprintf("r%d", i)
		if r, err = judge.Compile(mine); err != nil {
			t.Fatal(err)
		}
		if _, _, err = again.PutRule(r, at(0), anyhow); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrLimit) || len(again.Rules()) != judge.MaxRules {
		t.Errorf("%d rules, %v", len(again.Rules()), err)
	}
}

func TestMutes(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	see(t, d, moment(0), at(0))
	until := at(3)
	m, err := d.AddMute(api.Mute{Kind: "hashtag", Term: "#A", Until: &until}, at(0))
	if err != nil || m.Key != "a" {
		t.Fatalf("%+v, %v", m, err)
	}
	if again, err := d.AddMute(api.Mute{Kind: "hashtag", Term: "a", Until: &until}, at(0)); err != nil || again.ID != m.ID || len(d.Mutes()) != 1 {
		t.Errorf("%+v, %v, %+v", again, err, d.Mutes())
	}
	if a := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts; a[0].Told[0].Why != "it is muted" {
		t.Errorf("got %+v", a)
	}
	if again := openDesk(t, on); len(again.Mutes()) != 1 {
		t.Errorf("read %+v", again.Mutes())
	}
	see(t, d, moment(3), at(3))
	if len(d.Mutes()) != 0 || len(openDesk(t, on).Mutes()) != 0 {
		t.Errorf("past, and still %+v", d.Mutes())
	}
	for _, bad := range []api.Mute{{}, {Rule: "a", Watch: "b"}, {Rule: "A"}, {Watch: "/"}, {Kind: "tag", Term: "a"}, {Kind: "hashtag"}, {Kind: "hashtag", Term: "#"}, {Rule: "a", Until: &until}} {
		if _, err := d.AddMute(bad, at(4)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	m, err = d.AddMute(api.Mute{Rule: "emerging"}, at(4))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DropMute(m.ID); err != nil || len(d.Mutes()) != 0 {
		t.Error(err)
	}
	if err := d.DropMute(m.ID); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// What is damaged costs itself: the rest is there, and what holds is not told again.
func TestDamage(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	see(t, d, moment(0), at(0))
	a := see(t, d, moment(1, rising("a", detect.Emerging), rising("b", detect.Emerging)), at(1)).Alerts
	on.items[prefixAlert+a[0].ID] = []byte("damaged")
	on.items[prefixRule+"mine"] = []byte(`{"version":1,"value":{"name":"other"}}`)
	on.items[prefixMute+"x"] = []byte(`{`)
	on.items[keyJudge] = []byte("damaged")
	on.items[keyBounds] = []byte("{}")
	d, damaged, err := Open(on)
	if err != nil || len(damaged) != 5 {
		t.Fatalf("%v, %v", damaged, err)
	}
	if out := see(t, d, moment(2, rising("a", detect.Emerging)), at(2)); len(out.Alerts) > 0 {
		t.Errorf("told again of %+v", out.Alerts)
	}
	got, _, lost, err := d.Alerts(Query{Limit: 10})
	if err != nil || len(lost) != 1 || len(got) != 1 || got[0].ID != a[1].ID {
		t.Errorf("%+v, %v, %v", got, lost, err)
	}
}

func TestOldAlertsGo(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	see(t, d, moment(0), at(0))
	see(t, d, moment(1, rising("a", detect.Emerging)), at(1))
	days := 90 * 24 * 6
	see(t, d, moment(days, rising("a", detect.Emerging)), at(days))
	if got, _, _, err := d.Alerts(Query{Limit: 10}); err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	see(t, d, moment(days+2), at(days+2))
	if got, _, _, err := d.Alerts(Query{Limit: 10}); err != nil || len(got) != 0 || len(d.threads) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Pages of any query have every alert that is asked for once, newest first.
func TestAlertsAgainstModel(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	see(t, d, moment(0), at(0))
	var kept []api.Alert
	for pane := 1; pane < 30; pane++ {
		var trends []engine.Trend
		for i := range pane % 4 {
			trends = append(trends, rising(fmt.Sprintf("t%d-%d", pane, i), detect.Phase(1+i%2)))
		}
		kept = append(kept, see(t, d, moment(pane, trends...), at(pane)).Alerts...)
	}
	slices.SortFunc(kept, func(a, b api.Alert) int { return strings.Compare(b.ID, a.ID) })
	rapid.Check(t, func(rt *rapid.T) {
		q := Query{Limit: rapid.IntRange(1, 20).Draw(rt, "limit")}
		if rapid.Bool().Draw(rt, "bounded") {
			q.From = at(rapid.IntRange(-1, 31).Draw(rt, "from")).Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "and")) * time.Second)
			q.To = at(rapid.IntRange(-1, 31).Draw(rt, "to")).Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "and")) * time.Second)
		}
		if rapid.Bool().Draw(rt, "rule") {
			q.Rules = []string{rapid.SampledFrom([]string{"emerging", "crisis"}).Draw(rt, "of")}
		}
		var want, got []string
		for _, a := range kept {
			if q.wants(&a) {
				want = append(want, a.ID)
			}
		}
		for {
			page, next, _, err := d.Alerts(q)
			if err != nil || len(page) > q.Limit {
				rt.Fatal(len(page), err)
			}
			for _, a := range page {
				got = append(got, a.ID)
			}
			if q.Before = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%+v: got %v, want %v", q, got, want)
		}
	})
}

// Any goroutine may ask and change while steps are taken.
func TestManyAtTheDesk(t *testing.T) {
	d := openDesk(t, newDrawer())
	see(t, d, moment(0), at(0))
	id := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts[0].ID
	var busy sync.WaitGroup
	for i := range 4 {
		busy.Go(func() {
			for range 20 {
				_, err := d.AddMute(api.Mute{Rule: fmt.Sprintf("r%d", i)}, at(1))
				_, err2 := d.Act(id, api.AlertAction{Action: ActAcknowledge}, at(1))
				_, _, _, err3 := d.Alerts(Query{Limit: 3})
				if err := errors.Join(err, err2, err3); err != nil {
					t.Error(err)
				}
				d.Rules()
				d.AsOf()
				d.Mutes()
			}
		})
	}
	for pane := 2; pane < 12; pane++ {
		see(t, d, moment(pane, rising("a", detect.Emerging)), at(pane))
	}
	busy.Wait()
	if len(d.Mutes()) != 4 {
		t.Errorf("%d mutes", len(d.Mutes()))
	}
}

// Rules come and go while a rise goes on: of those that are gone nothing is kept, the state can be read, and the end of the
// rise is told.
func TestRulesThatAreGone(t *testing.T) {
	on := newDrawer()
	d := openDesk(t, on)
	put := func(name string) {
		in := judge.None(name)
		in.MinScore = 0
		r, err := judge.Compile(in)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.PutRule(r, start, func(*judge.Rule) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	drop := func(name string) {
		if err := d.DropRule(name, func(*judge.Rule) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	put("first")
	see(t, d, moment(0), at(0))
	if out := see(t, d, moment(1, rising("a", detect.Peaking)), at(1)); len(out.Alerts) != 1 {
		t.Fatalf("told of %+v", out.Alerts)
	}
	drop("first")
	pane := 2
	for ; pane < judge.MaxRules+20; pane++ {
		name := fmt.Sprintf("campaign-%03d", pane)
		put(name)
		see(t, d, moment(pane, rising("a", detect.Peaking)), at(pane))
		drop(name)
	}
	d = openDesk(t, on)
	over := 0
	for end := pane + 40; pane < end; pane++ {
		over += len(see(t, d, moment(pane), at(pane)).Over)
	}
	if over != 1 {
		t.Errorf("told %d times that it is over", over)
	}
}

// Of a thread that somebody takes care of, or that is muted, no change is told; that it is over is.
func TestChangesOfWhatNobodyWantsToHear(t *testing.T) {
	later := at(200)
	for name, c := range map[string]struct {
		act     func(d *Desk, id string) error
		changes int
	}{
		"open": {func(*Desk, string) error { return nil }, 1},
		"acknowledged": {func(d *Desk, id string) error {
			_, err := d.Act(id, api.AlertAction{Action: ActAcknowledge}, at(1))
			return err
		}, 0},
		"snoozed": {func(d *Desk, id string) error {
			_, err := d.Act(id, api.AlertAction{Action: ActSnooze, Until: &later}, at(1))
			return err
		}, 0},
		"muted": {func(d *Desk, _ string) error {
			_, err := d.AddMute(api.Mute{Rule: judge.RuleEmerging}, at(1))
			return err
		}, 0},
	} {
		d := openTelling(t, newDrawer())
		see(t, d, moment(0), at(0))
		id := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts[0].ID
		if err := c.act(d, id); err != nil {
			t.Fatal(name, err)
		}
		changes, over := 0, 0
		for pane := 2; pane < 60; pane++ {
			m := moment(pane)
			if pane < 20 {
				m = moment(pane, rising("a", detect.Peaking))
			}
			out := see(t, d, m, at(pane))
			changes, over = changes+len(out.Changed), over+len(out.Over)
		}
		if changes != c.changes || over != 1 {
			t.Errorf("%s: %d changes and %d ends are told, want %d and 1", name, changes, over, c.changes)
		}
	}
}

// What waits to be sent is asked about again: what people decided meanwhile counts.
func TestKeptBack(t *testing.T) {
	d := openDesk(t, newDrawer())
	see(t, d, moment(0), at(0))
	a := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts[0]
	if why := d.KeptBack(&a, at(1)); why != "" {
		t.Fatalf("kept back: %s", why)
	}
	until := at(4)
	if _, err := d.Act(a.ID, api.AlertAction{Action: ActSnooze, Until: &until}, at(1)); err != nil {
		t.Fatal(err)
	}
	if why := d.KeptBack(&a, at(2)); why != "its thread is snoozed" {
		t.Errorf("snoozed: %q", why)
	}
	if why := d.KeptBack(&a, at(4)); why != "" {
		t.Errorf("snoozed until now: %q", why)
	}
	m, err := d.AddMute(api.Mute{Kind: a.Kind, Term: a.Term}, at(2))
	if err != nil {
		t.Fatal(err)
	}
	if why := d.KeptBack(&a, at(4)); why != "it is muted" {
		t.Errorf("muted: %q", why)
	}
	if err := d.DropMute(m.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Act(a.ID, api.AlertAction{Action: ActAcknowledge}, at(4)); err != nil {
		t.Fatal(err)
	}
	if why := d.KeptBack(&a, at(5)); why != "its thread is acknowledged" {
		t.Errorf("acknowledged: %q", why)
	}
}
