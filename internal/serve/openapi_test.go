package serve

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/swell-radar/swell/internal/api"
)

// The description has the operations that the server has, and no other, and of each the
// parameters that it takes.
func TestDescriptionIsWhole(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, testOptions(t))
	var has, described []string
	for _, pattern := range s.patterns {
		if _, paged := s.pages.Routes()[pattern]; pattern != "/" && (!paged || pattern == "GET /{$}") { // which programs get a list of paths from
			has = append(has, strings.TrimSuffix(pattern, "{$}"))
		}
	}
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			described = append(described, method+" "+path)
			// Supervisors of processes may ask as they like.
			if method == http.MethodGet && (strings.HasPrefix(path, api.Base) || path == api.AtomPath || path == api.ICalPath) {
				parametersOf(t, s, path, op)
			}
		}
	}
	slices.Sort(has)
	slices.Sort(described)
	if !slices.Equal(has, described) {
		t.Errorf("the server has\n%s\nand described are\n%s", strings.Join(has, "\n"), strings.Join(described, "\n"))
	}
}

// parametersOf asks with a parameter that nothing has: the answer lists those there are.
func parametersOf(t *testing.T, s *Server, path string, op *openapi3.Operation) {
	t.Helper()
	var described []string
	for _, p := range op.Parameters {
		if p.Value.In == openapi3.ParameterInQuery {
			described = append(described, p.Value.Name)
		}
	}
	if op.Security != nil && slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return r["token_in_address"] != nil }) {
		described = append(described, tokenParameter)
	}
	slices.Sort(described)
	target := strings.NewReplacer("{kind}", "hashtag", "{key}", "booktok", "{file}", "2026-03-02.csv", "{name}", "mine", "{date}", "2026-03-02").Replace(path)
	p := problemOf(t, do(s, "GET", target+"?no_such_thing=1"))
	_, listed, ok := strings.Cut(p.Detail, "; it has ")
	if p.Type != api.ProblemUnknownParameter || !ok {
		t.Errorf("%s: got %+v", path, p)
		return
	}
	if want := strings.Join(described, ", "); listed != want && (listed != "none" || want != "") {
		t.Errorf("%s takes %s, and described are %s", path, listed, want)
	}
}

// Every operation is asked for once here, so that each is held against the description
// with what it gives when all is well. What it gives else the other tests ask for.
func TestEveryOperationIsHeld(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	opt := withOutbox(t, withAlerts(t), "a", "b")
	opt.Sources, opt.Intake = fixedHealth, &ledgerOf{}
	s := newServer(t, opt)
	found := ask[api.AlertsAnswer](t, newServer(t, opt), "/api/v1/alerts").Alerts[0].ID
	mute, err := opt.Alerts.AddMute(api.Mute{Rule: "spread"}, opt.Clock())
	if err != nil {
		t.Fatal(err)
	}
	list := `{"name":"mine","title":"","terms":[{"kind":"hashtag","term":"#daily0"}]}`
	rivals := `{"terms":[{"kind":"hashtag","term":"#daily1"}]}`
	for _, ask := range [][3]string{
		{"GET", "/"}, {"GET", "/-/healthy"}, {"GET", "/-/ready"}, {"GET", "/api/v1/openapi.yaml"}, {"GET", "/api/v1/status"},
		{"GET", "/api/v1/sources"}, {"GET", "/api/v1/trends?series=1&limit=3"}, {"GET", "/api/v1/detections"},
		{"GET", "/api/v1/terms/hashtag/daily0"}, {"GET", "/api/v1/terms/hashtag/daily0/series"}, {"GET", "/api/v1/terms/hashtag/daily0/related"},
		{"GET", "/api/v1/compare?terms=daily0,daily1"}, {"GET", "/api/v1/search?q=daily"}, {"GET", "/api/v1/timing?zone=Asia/Kathmandu"},
		{"GET", "/feeds/trends.atom"}, {"GET", "/calendar/trends.ics"}, {"GET", "/api/v1/export"}, {"GET", "/api/v1/watches"}, {"POST", "/api/v1/watches", list},
		{"GET", "/api/v1/watches/mine"}, {"PUT", "/api/v1/watches/mine", list}, {"PUT", "/api/v1/watches/rivals", rivals},
		{"GET", "/api/v1/watches/mine/voice"}, {"GET", "/api/v1/watches/voice?watches=mine,rivals"}, {"DELETE", "/api/v1/watches/mine"},
		{"GET", "/api/v1/alerts"}, {"GET", "/api/v1/alerts/" + found}, {"POST", "/api/v1/alerts/" + found, `{"action":"acknowledge"}`},
		{"GET", "/api/v1/rules"}, {"POST", "/api/v1/rules", `{"name":"mine","min_score":3}`}, {"GET", "/api/v1/rules/mine"}, {"PUT", "/api/v1/rules/mine", `{"off":true,"min_score":3}`},
		{"GET", "/api/v1/rules/mine/test"}, {"POST", "/api/v1/rules/test", `{"name":"other","min_score":3}`}, {"DELETE", "/api/v1/rules/mine"},
		{"GET", "/api/v1/mutes"}, {"POST", "/api/v1/mutes", `{"rule":"watched"}`}, {"DELETE", "/api/v1/mutes/" + mute.ID},
		{"GET", "/api/v1/outbox"}, {"POST", "/api/v1/outbox/retry?sink=chat"}, {"POST", "/api/v1/outbox/chat.a/retry"}, {"DELETE", "/api/v1/outbox/chat.b"},
		{"POST", "/api/v1/digests/2026-03-02/send?digest=team"},
		{"POST", "/api/v1/records", `{"ts":1772409600,"platform":"x","tags":["a"]}` + "\n"},
	} {
		resp := request(s, ask[0], ask[1], ask[2])
		if resp.StatusCode >= 300 {
			t.Errorf("%s %s: status %d: %s", ask[0], ask[1], resp.StatusCode, body(t, resp))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			// What is streamed or is a file has tests of its own.
			if streamed := []string{"/api/v1/stream", "/api/v1/export/{file}", "/metrics"}; slices.Contains(streamed, path) {
				continue
			}
			if !c.held[method+" "+path+" 200"] && !c.held[method+" "+path+" 201"] && !c.held[method+" "+path+" 202"] && !c.held[method+" "+path+" 204"] {
				t.Errorf("%s %s was never answered", method, path)
			}
		}
	}
}
