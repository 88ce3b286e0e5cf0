package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// violation is what axe-core finds: a rule, and where it is broken.
type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// accessible loads axe-core into every page that a tab will show.
func (b *tab) accessible() {
	b.t.Helper()
	path := os.Getenv("SWELL_AXE")
	if path == "" {
		b.t.Skip("ACCESSIBILITY IS NOT CHECKED: set SWELL_AXE to the axe.min.js of npm's axe-core to run this test")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	tell(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: string(source)})
}

// levels are the rules that a page has to keep: WCAG 2.0 to 2.2, A and AA. The size of targets is off by default there.
const levels = `{resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}`

// colours are those of them that depend on the theme.
const colours = `{resultTypes: ["violations"], runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`

// violations returns which rules what is shown breaks.
func (b *tab) violations(options string) []violation {
	b.t.Helper()
	return eval[[]violation](b, `axe.run(document, `+options+`).then(r => r.violations.map(v => ({id: v.id, help: v.help,
		nodes: v.nodes.map(n => n.target.join(" ") + " | " + n.html.slice(0, 160) + " | " + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message)})))`)
}

// No page breaks a rule of WCAG 2.2 AA that axe-core can check: by day, by night, and as narrow as a telephone.
func TestAccessible(t *testing.T) {
	s := up(t, made)
	pages := shownBy(t, s)
	for _, c := range []struct {
		name    string
		look    look
		options string
	}{
		{"day", look{}, levels},
		{"night", look{dark: true}, colours},
		{"narrow", look{width: 360, height: 740}, levels},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, s.base, c.look)
			b.accessible()
			b.visit("/about")
			eval[bool](b, `(document.querySelector("main").insertAdjacentHTML("beforeend", "<a class='planted' href='/about'></a><p class='planted'>grey</p>"), document.querySelector("p.planted").style.color = "#888", document.querySelector("p.planted").style.background = "#777", true)`)
			if len(b.violations(c.options)) == 0 {
				t.Fatal("axe-core finds nothing wrong in a page that is")
			}
			for _, p := range pages {
				b.visit(p.path)
				b.unfold()
				for _, v := range b.violations(c.options) {
					t.Errorf("%s: %s (%s), %d times:\n\t%s", p.name, v.ID, v.Help, len(v.Nodes), strings.Join(v.Nodes[:min(4, len(v.Nodes))], "\n\t"))
				}
			}
		})
	}
}

// unfold opens everything that can be opened on a page, but for the details of rows after the third: they are alike.
func (b *tab) unfold() {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("[...document.querySelectorAll('main details')].slice(0, %d).forEach(d => d.open = true), true", 8))
}
