package record

import (
	"strings"
	"testing"
)

// Values within values, without end, do not end the program.
func TestDeepAnswersAreNotFollowed(t *testing.T) {
	nested := func(n int, inner string) []byte {
		return []byte(strings.Repeat(`{"a":[`, n/2) + inner + strings.Repeat(`]}`, n/2))
	}
	name := `{"acct":"maria.lopez"}`
	out, _ := newRedactor(rules, nil).body("application/json", nested(deepest-2, name))
	if s := string(out); strings.Contains(s, "maria") || len(s) < 3*deepest {
		t.Errorf("as deep as may be: %.100s", s)
	}
	for _, body := range [][]byte{nested(deepest+2, name), []byte(strings.Repeat("[", 1<<20)), []byte(strings.Repeat(`{"a":`, 1<<18))} {
		if newRedactor(rules, nil).json(body) != nil {
			t.Errorf("%.20s is followed to its end", body)
		}
	}
	out, _ = newRedactor(rules, nil).body("application/json", nested(deepest+2, name))
	if strings.Contains(string(out), "maria") {
		t.Errorf("what is too deep names people: %.100s", out)
	}
}
