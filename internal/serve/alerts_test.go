package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// anyTrend is a rule for all that is raised, as a body.
const anyTrend = `{"title":"All of it","phases":["emerging","rising"],"min_score":0}`

// withAlerts are options with a desk that saw the panes of the world from first on, all but the last ones.
func withAlerts(t testing.TB) Options {
	t.Helper()
	opt := testOptions(t)
	st, err := store.Open(t.TempDir(), store.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	d, damaged, err := alert.Open(st)
	if err != nil || len(damaged) > 0 {
		t.Fatal(err, damaged)
	}
	opt.Alerts = d
	s := newServer(t, opt)
	wantStatus(t, request(s, "PUT", "/api/v1/rules/all", anyTrend), http.StatusCreated)
	for _, name := range []string{judge.RuleEmerging, judge.RuleSpread} { // so that what is told does not change with their thresholds
		wantStatus(t, request(s, "PUT", "/api/v1/rules/"+name, `{"off":true}`), http.StatusOK)
	}
	who := []*alert.Recipient{{Name: "ana", Weekends: true}}
	for pane := range worldPanes {
		at := start.Unix() + int64(pane+1)*detect.PaneSeconds
		_, data, err := opt.History.RankingAt(at * 1e6)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		v, err := engine.DecodeView(data)
		if err != nil {
			t.Fatal(err)
		}
		out, err := d.Step(&judge.Moment{At: v.AsOf, View: v}, who, unix(at))
		if err != nil {
			t.Fatal(err)
		}
		if err := st.PutItems(out.Items()...); err != nil {
			t.Fatal(err)
		}
		out.Done()
	}
	return opt
}

func TestAlerts(t *testing.T) {
	opt := withAlerts(t)
	s := newServer(t, opt)
	all := ask[api.AlertsAnswer](t, s, "/api/v1/alerts")
	if len(all.Alerts) < 3 || all.AsOf == nil || !slices.IsSortedFunc(all.Alerts, func(a, b api.Alert) int { return b.TS.Compare(a.TS) }) {
		t.Fatalf("got %+v", all)
	}
	first := all.Alerts[len(all.Alerts)-1]
	if first.Rule != "all" || len(first.Told) != 1 || first.Told[0].How != "sent" || first.Platforms[0].RatePerH == 0 || len(first.Platforms[0].Hours) != 72 {
		t.Errorf("got %+v", first)
	}

	// Pages have all of them once, whatever is asked for.
	var ids []string
	for next := ""; ; {
		page := ask[api.AlertsAnswer](t, s, "/api/v1/alerts?limit=1&rule=all&state=open&kind=hashtag,link,sound&cursor="+next)
		for _, a := range page.Alerts {
			ids = append(ids, a.ID)
		}
		if page.Next == nil {
			break
		}
		next = *page.Next
	}
	if len(ids) != len(all.Alerts) {
		t.Errorf("pages have %v", ids)
	}
	if none := ask[api.AlertsAnswer](t, s, "/api/v1/alerts?watch=mine&severity=crisis"); len(none.Alerts) > 0 || none.Next != nil {
		t.Errorf("got %+v", none)
	}
	span := ask[api.AlertsAnswer](t, s, fmt.Sprintf("/api/v1/alerts?from=%d&to=%d", first.TS.Unix(), first.TS.Unix()+1))
	if len(span.Alerts) == 0 || !span.Alerts[0].TS.Equal(first.TS) {
		t.Errorf("got %+v", span)
	}
	csv := string(body(t, wantStatus(t, do(s, "GET", "/api/v1/alerts?format=csv"), http.StatusOK)))
	if head, _, _ := strings.Cut(csv, "\r\n"); !strings.HasPrefix(head, "id,rule,severity,ts,thread,kind,key,term,watches,phase,title,reasons,advice,act_by") || strings.Count(csv, "\r\n") != 1+len(all.Alerts) {
		t.Errorf("got %s", csv)
	}

	path := "/api/v1/alerts/" + first.ID
	if one := ask[api.Alert](t, s, path); one.Title != first.Title {
		t.Errorf("got %+v", one)
	}
	act := func(text string) api.Alert {
		var a api.Alert
		if err := json.Unmarshal(body(t, wantStatus(t, request(s, "POST", path, text), http.StatusOK)), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	until := opt.Clock().Add(time.Hour).Format(time.RFC3339)
	if a := act(`{"action":"snooze","until":"` + until + `"}`); a.State != api.AlertSnoozed || a.Until.Format(time.RFC3339) != until {
		t.Errorf("got %+v", a)
	}
	if a := act(`{"action":"acknowledge"}`); a.State != api.AlertAcknowledged || a.Until != nil {
		t.Errorf("got %+v", a)
	}
	if a := ask[api.AlertsAnswer](t, s, "/api/v1/alerts?state=acknowledged"); len(a.Alerts) == 0 {
		t.Error("none is acknowledged")
	}
	act(`{"action":"reopen"}`)
	for text, kind := range map[string]string{
		`{}`: api.ProblemInvalidBody, `{"action":"like"}`: api.ProblemInvalidBody, `{"action":"snooze"}`: api.ProblemInvalidBody,
		`{"action":"snooze","until":"tomorrow"}`: api.ProblemInvalidBody, `{"action":"reopen","why":1}`: api.ProblemInvalidBody, `[]`: api.ProblemInvalidBody,
		`{"action":"reopen"} {}`: api.ProblemInvalidBody, `{"action":1}`: api.ProblemInvalidBody, "": api.ProblemInvalidBody,
	} {
		if p := problemOf(t, request(s, "POST", path, text)); p.Type != kind {
			t.Errorf("%s: %+v", text, p)
		}
	}
	for target, kind := range map[string]string{
		"/api/v1/alerts/nothing": api.ProblemUnknownAlert, "/api/v1/alerts/20260302-0810-000000000000": api.ProblemUnknownAlert,
		"/api/v1/alerts?rule=A": api.ProblemInvalidParameter, "/api/v1/alerts?severity=loud": api.ProblemInvalidParameter,
		"/api/v1/alerts?cursor=x": api.ProblemInvalidParameter, "/api/v1/alerts?from=2&to=1": api.ProblemInvalidParameter, "/api/v1/alerts?q=a": api.ProblemUnknownParameter,
		"/api/v1/alerts?rule=other&cursor=" + url.QueryEscape(*ask[api.AlertsAnswer](t, s, "/api/v1/alerts?limit=1").Next): api.ProblemInvalidParameter,
	} {
		if p := problemOf(t, do(s, "GET", target)); p.Type != kind {
			t.Errorf("%s: %+v", target, p)
		}
	}
	without := newServer(t, testOptions(t))
	for _, target := range []string{"/api/v1/alerts", "/api/v1/alerts/x", "/api/v1/rules", "/api/v1/rules/crisis", "/api/v1/mutes"} {
		if p := problemOf(t, do(without, "GET", target)); p.Type != api.ProblemNoAlerts || p.Status != http.StatusNotFound {
			t.Errorf("%s: %+v", target, p)
		}
	}
}

func TestRules(t *testing.T) {
	s := newServer(t, withAlerts(t))
	if all := ask[api.RulesAnswer](t, s, "/api/v1/rules"); len(all.Rules) != 6 || all.Rules[0].Name != "all" || all.Rules[1].Name != "crisis" || !all.Rules[1].Builtin {
		t.Errorf("got %+v", all)
	}
	const path = "/api/v1/rules/mine"
	made := wantStatus(t, request(s, "PUT", path, anyTrend), http.StatusCreated)
	tag := made.Header.Get("ETag")
	if made.Header.Get("Location") != path || tag == "" {
		t.Errorf("made at %q with %q", made.Header.Get("Location"), tag)
	}
	if resp := do(s, "GET", path, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for what the asker holds", resp.StatusCode)
	}
	// What was got can be sent back, changed.
	rule := ask[api.Rule](t, s, path)
	rule.Off, rule.MinAuthors = true, 7
	text, err := json.Marshal(rule)
	if err != nil {
		t.Fatal(err)
	}
	changed := wantStatus(t, request(s, "PUT", path, string(text), "If-Match", tag), http.StatusOK)
	if now := changed.Header.Get("ETag"); now == tag {
		t.Errorf("changed has the tag %s", now)
	}
	if got := ask[api.Rule](t, s, path); !got.Off || got.MinAuthors != 7 || got.Builtin || got.Changed.IsZero() {
		t.Errorf("got %+v", got)
	}
	for name, c := range map[string][3]string{"changed since": {"PUT", "If-Match", tag}, "exists": {"PUT", "If-None-Match", "*"}, "gone": {"DELETE", "If-Match", tag}} {
		if p := problemOf(t, request(s, c[0], path, anyTrend, c[1], c[2])); p.Type != api.ProblemChanged {
			t.Errorf("%s: %+v", name, p)
		}
	}
	wantStatus(t, request(s, "POST", "/api/v1/rules", strings.Replace(anyTrend, "{", `{"name":"new",`, 1)), http.StatusCreated)
	if p := problemOf(t, request(s, "POST", "/api/v1/rules", strings.Replace(anyTrend, "{", `{"name":"new",`, 1))); p.Type != api.ProblemRuleExists {
		t.Errorf("made twice: %+v", p)
	}
	wantStatus(t, request(s, "DELETE", "/api/v1/rules/new", ""), http.StatusNoContent)
	if p := problemOf(t, request(s, "DELETE", "/api/v1/rules/new", "")); p.Type != api.ProblemUnknownRule {
		t.Errorf("deleted twice: %+v", p)
	}
	if p := problemOf(t, request(s, "DELETE", "/api/v1/rules/crisis", "")); p.Type != api.ProblemRuleBuiltin || !strings.Contains(p.Detail, "off set to true") {
		t.Errorf("deleted: %+v", p)
	}
	for text, field := range map[string]string{
		`{"min_score":"a"}`: "min_score", `{"phases":["unconfirmed"]}`: "phases", `{"off":1}`: "off", `{"min_share":1}`: "min_share", "{\n\"kinds\":[1]}": "kinds[0]",
		`{"mentions":true}`: "min_surprise", `{"name":"other"}`: "name", `{"until":1}`: "until", `{"title":null,"title":""}`: "title", `{"min_platforms":1.5}`: "min_platforms",
	} {
		p := problemOf(t, request(s, "PUT", path, text))
		if p.Type != api.ProblemInvalidBody || len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: %+v", text, p)
		}
	}
	if p := problemOf(t, request(s, "PUT", "/api/v1/rules/A", anyTrend)); p.Type != api.ProblemInvalidParameter || p.Parameter != "name" {
		t.Errorf("got %+v", p)
	}
}

// A test finds what the desk found, which saw the same moments.
func TestTestOfARule(t *testing.T) {
	s := newServer(t, withAlerts(t))
	found := ask[api.AlertsAnswer](t, s, "/api/v1/alerts?rule=all").Alerts
	told := func(alerts []api.Alert) (out []string) {
		for _, a := range alerts {
			out = append(out, a.ID+" "+a.Title)
		}
		slices.Sort(out)
		return out
	}
	out := ask[api.RuleTest](t, s, "/api/v1/rules/all/test?from=2026-03-02")
	if !slices.Equal(told(out.Alerts), told(found)) || out.Total != len(found) || out.AsOf == nil || out.Range == nil || out.Rule.Name != "all" {
		t.Errorf("got %v, want %v", told(out.Alerts), told(found))
	}
	sum := 0
	for _, d := range out.Days {
		sum += d.Alerts
	}
	if sum != out.Total || len(out.Days) != 2 || out.Days[0].Day != "2026-03-02" {
		t.Errorf("got %+v", out.Days)
	}
	var posted api.RuleTest
	resp := wantStatus(t, request(s, "POST", "/api/v1/rules/test?limit=0", strings.Replace(anyTrend, "{", `{"name":"all","off":true,`, 1)), http.StatusOK)
	if err := json.Unmarshal(body(t, resp), &posted); err != nil || posted.Total != out.Total || len(posted.Alerts) != 0 {
		t.Errorf("%+v, %v", posted, err)
	}
	for target, kind := range map[string]string{
		"/api/v1/rules/none/test": api.ProblemUnknownRule, "/api/v1/rules/all/test?from=2026-03-04": api.ProblemInvalidParameter,
		"/api/v1/rules/all/test?from=2026-01-01": api.ProblemInvalidParameter, "/api/v1/rules/all/test?from=2026-02-20&to=2026-02-21": api.ProblemNotKept,
	} {
		if p := problemOf(t, do(s, "GET", target)); p.Type != kind {
			t.Errorf("%s: %+v", target, p)
		}
	}
	s.testing <- struct{}{}
	if p := problemOf(t, do(s, "GET", "/api/v1/rules/all/test")); p.Type != api.ProblemBusy {
		t.Errorf("beside another one: %+v", p)
	}
	<-s.testing
}

func TestMutes(t *testing.T) {
	s := newServer(t, withAlerts(t))
	if all := ask[api.MutesAnswer](t, s, "/api/v1/mutes"); all.Mutes == nil || len(all.Mutes) != 0 {
		t.Errorf("got %+v", all)
	}
	made := wantStatus(t, request(s, "POST", "/api/v1/mutes", `{"kind":"hashtag","term":"#BookTok","until":"2026-03-05T00:00:00+01:00"}`), http.StatusCreated)
	all := ask[api.MutesAnswer](t, s, "/api/v1/mutes")
	if len(all.Mutes) != 1 || all.Mutes[0].Key != "booktok" || made.Header.Get("Location") != "/api/v1/mutes/"+all.Mutes[0].ID || all.Mutes[0].Until.Hour() != 23 {
		t.Errorf("got %+v", all)
	}
	text, err := json.Marshal(all.Mutes[0])
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, request(s, "POST", "/api/v1/mutes", string(text)), http.StatusCreated) // the same again
	for _, bad := range []string{`{}`, `{"rule":"a","watch":"b"}`, `{"kind":"hashtag"}`, `{"rule":"a","until":"2020-01-01T00:00:00Z"}`, `{"term":"a"}`, `{"list":"a"}`} {
		if p := problemOf(t, request(s, "POST", "/api/v1/mutes", bad)); p.Type != api.ProblemInvalidBody {
			t.Errorf("%s: %+v", bad, p)
		}
	}
	wantStatus(t, do(s, "DELETE", "/api/v1/mutes/"+all.Mutes[0].ID), http.StatusNoContent)
	if p := problemOf(t, do(s, "DELETE", "/api/v1/mutes/"+all.Mutes[0].ID)); p.Type != api.ProblemUnknownMute {
		t.Errorf("got %+v", p)
	}
}

// A body that ends too early, or has a number that nobody can hold, is told so in words of rules.
func TestBodiesOfRules(t *testing.T) {
	s := newServer(t, withAlerts(t))
	for body, want := range map[string]string{
		``:                             "send an object with title, severity and conditions",
		`[]`:                           "is not an object with title, severity and conditions",
		`{"severity":`:                 "send an object with title, severity and conditions",
		`{"min_confidence": 1e400}`:    "has a number of more than 1.8e308, which is too large",
		`{"min_confidence": -1e99999}`: "has a number of more than 1.8e308, which is too large",
	} {
		if p := problemOf(t, request(s, "PUT", api.RulesPath+"/own", body)); p.Type != api.ProblemInvalidBody || !strings.Contains(p.Detail+fmt.Sprint(p.Errors), want) {
			t.Errorf("%s: %+v", body, p)
		}
	}
}
