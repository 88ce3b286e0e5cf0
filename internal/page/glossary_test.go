package page

import (
	"regexp"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// TestEveryWordOfTheAPIIsExplained reads the words from the description of the endpoint, so that a new phase, mark or order
// needs an entry.
func TestEveryWordOfTheAPIIsExplained(t *testing.T) {
	spec := api.OpenAPI()
	enum := regexp.MustCompile(`- name: (\w+)\n(?:\s+(?:in|required|description): .*\n)*\s+schema: \{.*?enum: \[([^\]]+)\]`)
	met := map[string]int{}
	for _, m := range enum.FindAllStringSubmatch(spec, -1) {
		name, values := m[1], m[2]
		if name != "phase" && name != "kind" && (name != "sort" || !strings.Contains(values, "hours_left")) {
			continue
		}
		for value := range strings.SplitSeq(values, ",") {
			met[name]++
			if help(strings.TrimSpace(value)) == "" {
				t.Errorf("nothing explains %s=%s", name, strings.TrimSpace(value))
			}
		}
	}
	flags := regexp.MustCompile(`Flags qualify the evidence: (.*?)\.'`).FindStringSubmatch(spec)
	if flags == nil {
		t.Fatal("the description of the flags has changed")
	}
	for _, m := range regexp.MustCompile(`(\w+)(?: \([^)]*\))?(?:, |$)`).FindAllStringSubmatch(flags[1], -1) {
		met["flag"]++
		if _, ok := lookUp("flag-" + m[1]); !ok {
			t.Errorf("nothing explains the flag %s", m[1])
		}
	}
	if met["phase"] < 6 || met["sort"] < 8 || met["flag"] != 8 {
		t.Errorf("words that were found: %v", met)
	}
}

func TestTheGlossaryIsSound(t *testing.T) {
	known := map[string]bool{}
	for _, g := range groups() {
		known[g.Name] = true
	}
	seen := map[string]bool{}
	for _, e := range glossary {
		switch {
		case seen[e.ID]:
			t.Errorf("%s is there twice", e.ID)
		case !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(e.ID):
			t.Errorf("%q is no anchor", e.ID)
		case !known[e.Group]:
			t.Errorf("%s is in group %q", e.ID, e.Group)
		case e.Word == "" || e.Short == "":
			t.Errorf("%s says nothing", e.ID)
		case len(e.Short) > 160:
			t.Errorf("%s: %d bytes are too many to point at", e.ID, len(e.Short))
		}
		seen[e.ID] = true
	}
	if help("hours_left") == "" || help("login_wall") == "" || help("thin") == "" || help("no such word") != "" {
		t.Error("words are not found by the names that programs have for them")
	}
}
