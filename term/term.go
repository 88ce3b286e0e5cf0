package term

import "fmt"

// Kind says what sort of thing a term is. The zero value is no kind.
type Kind uint8

// The kinds of term. Their numbers are part of the stored format.
const (
	Hashtag Kind = 1 + iota
	Sound
	Keyword
	Mention
	Link
	// Watch is a watch list, which posts mention: its key is the name of the list. No post and no
	// reading of a chart has one; whoever takes records in finds them ([Record.Watches]).
	Watch
)

var kindNames = [...]string{Hashtag: "hashtag", Sound: "sound", Keyword: "keyword", Mention: "mention", Link: "link", Watch: "watch"}

// Kinds lists every kind in the order of their numbers.
func Kinds() []Kind { return []Kind{Hashtag, Sound, Keyword, Mention, Link, Watch} }

// PostKinds lists the kinds of what people use in posts: all but [Watch].
func PostKinds() []Kind { return []Kind{Hashtag, Sound, Keyword, Mention, Link} }

// String returns the kind's name as it stands in records and in the API.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// ParseKind returns the kind with the given name. The error lists the names that exist.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if kindNames[k] == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("term: unknown kind %q; the kinds are %v", name, Kinds())
}

// MarshalText implements [encoding.TextMarshaler] with the kind's name.
func (k Kind) MarshalText() ([]byte, error) {
	if k == 0 || int(k) >= len(kindNames) {
		return nil, fmt.Errorf("term: %s has no name", k)
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]; it accepts what [ParseKind] accepts.
func (k *Kind) UnmarshalText(text []byte) error {
	parsed, err := ParseKind(string(text))
	if err != nil {
		return err
	}
	*k = parsed
	return nil
}

// Term is one thing that is counted.
//
// Key is normalised (see [AppendKey]): two terms are the same when Kind and Key
// are equal. Display is the spelling met here, for people to read.
type Term struct {
	Kind    Kind
	Key     string
	Display string
}
