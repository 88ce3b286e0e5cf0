package scrapers

import "fmt"

// State is how a source, or a part of its input, is doing.
type State uint8

// The states. Their names, which [State.String] gives, are what people read and the
// API says.
const (
	Off           State = iota // not asked for
	Starting                   // has not delivered or failed yet
	OK                         // delivers, or has nothing new to deliver
	Unreachable                // no answer, or none that makes sense: network, DNS, TLS, 5xx
	Throttled                  // told to ask less often (429, rate limits)
	Blocked                    // refused: 403, robots.txt, a captcha
	LoginWall                  // only for those who log in
	SchemaChanged              // answers in a form that is not understood
	BudgetSpent                // the day's requests are used up
	Paused                     // what was delivered before is not kept or counted yet
	Ended                      // the input has come to its end for good
)

var stateNames = [...]string{
	Off: "off", Starting: "starting", OK: "ok", Unreachable: "unreachable", Throttled: "throttled", Blocked: "blocked",
	LoginWall: "login_wall", SchemaChanged: "schema_changed", BudgetSpent: "budget_spent", Paused: "paused", Ended: "ended",
}

// String returns the state's name.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// MarshalText implements encoding.TextMarshaler: logs and JSON have the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Covers reports whether a platform is seen through a source in this state: whether
// nothing from it means that nothing was there.
func (s State) Covers() bool { return s == OK || s == Paused || s == Ended }

// ParseState returns the state with a name.
func ParseState(name string) (State, error) {
	for i, n := range stateNames {
		if n == name {
			return State(i), nil
		}
	}
	return 0, fmt.Errorf("no state of a source is called %q", name)
}
