package obs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var contrib = filepath.Join("..", "..", "contrib")

// metricName finds what may be a metric in an expression: of Swell, or of the library.
var metricName = regexp.MustCompile(`\b(swell|go|process|promhttp)_[a-z0-9_]+`)

// checkNames checks that every metric of an expression is one that a scrape gives.
func checkNames(t *testing.T, where, expr string, known []string) {
	t.Helper()
	for _, name := range metricName.FindAllString(expr, -1) {
		if _, ok := slices.BinarySearch(known, name); !ok {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
}

// dashboard is as much of a dashboard as matters here.
type dashboard struct {
	UID           string `json:"uid"`
	SchemaVersion int    `json:"schemaVersion"`
	Templating    struct {
		List []struct {
			Name  string
			Type  string
			Query json.RawMessage
		}
	}
	Panels []struct {
		ID         int
		Type       string
		Title      string
		Datasource struct{ UID string }
		GridPos    struct{ X, Y, W, H int }
		Targets    []struct {
			Expr       string
			Datasource struct{ UID string }
		}
	}
}

func TestDashboard(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(contrib, "grafana", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if d.UID == "" || d.SchemaVersion < 38 || len(d.Templating.List) == 0 || d.Templating.List[0].Type != "datasource" {
		t.Errorf("it does not import: %+v", d.Templating)
	}
	known := metricNames(t)
	for _, v := range d.Templating.List {
		checkNames(t, "variable "+v.Name, string(v.Query), known)
	}
	ids, taken := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the number %d", p.ID)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if taken[at] != "" || at[0] >= 24 {
					t.Fatalf("panel %s lies over %s, or beside the page", p.Title, taken[at])
				}
				taken[at] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
			t.Errorf("panel %s shows nothing, or of one data source", p.Title)
		}
		for _, target := range p.Targets {
			if target.Datasource.UID != "${datasource}" || !metricName.MatchString(target.Expr) || !strings.Contains(target.Expr, "$instance") {
				t.Errorf("panel %s asks for %q", p.Title, target.Expr)
			}
			checkNames(t, "panel "+p.Title, target.Expr, known)
		}
	}
}

func TestAlerts(t *testing.T) {
	path := filepath.Join(contrib, "prometheus", "alerts.yml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	known, rules := metricNames(t), 0
	for line := range strings.Lines(string(data)) {
		if expr, ok := strings.CutPrefix(strings.TrimSpace(line), "expr: "); ok {
			rules++
			checkNames(t, "rule", expr, known)
		}
	}
	if n := strings.Count(string(data), "- alert: "); n != rules || n == 0 {
		t.Errorf("%d rules, of which %d have an expression on one line", n, rules)
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("SKIPPED: the rules are not checked any further, as promtool is not installed (apt-get install prometheus)")
	}
	for _, args := range [][]string{
		{"check", "rules", path}, {"check", "config", filepath.Join(contrib, "prometheus", "prometheus.yml")},
		{"test", "rules", filepath.Join("testdata", "alerts_test.yml")},
	} {
		if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// Prometheus' own reader takes what a scrape gives.
func TestPromtoolReadsMetrics(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("SKIPPED: promtool is not installed (apt-get install prometheus)")
	}
	text, _ := scrape(t, fullMetrics(t), "text/plain")
	cmd := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
