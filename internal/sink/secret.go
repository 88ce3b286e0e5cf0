package sink

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

// secret is a value that is never shown: however it is printed, logged or written as JSON, there is only that it is
// one. A sink holds it by a pointer, because fmt looks into unexported fields without asking their methods.
type secret struct{ value *string }

const hidden = "(secret)"

func newSecret(value string) secret { return secret{&value} }

// reveal returns the value. Only what sends it to the service may call it.
func (s secret) reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

func (s secret) empty() bool { return s.reveal() == "" }

// String implements [fmt.Stringer].
func (secret) String() string { return hidden }

// Format implements [fmt.Formatter].
func (secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText implements [encoding.TextMarshaler].
func (secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements [slog.LogValuer].
func (secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// maxSecret is how long a secret may be, in bytes.
const maxSecret = 4096

// secrets finds out what settings stand for.
type secrets struct {
	env  func(string) (string, bool)
	warn func(text string)
	all  []string // what must not be shown
}

// get returns what the setting refers to: $NAME or file:PATH. Where it is empty there is none, and no error.
func (s *secrets) get(setting, reference string) (secret, error) {
	if reference == "" {
		return secret{}, nil
	}
	value, err := s.read(reference)
	if err != nil {
		return secret{}, fmt.Errorf("%s: %w", setting, err)
	}
	value = strings.TrimRight(value, "\r\n")
	switch {
	case value == "":
		return secret{}, fmt.Errorf("%s: what %s holds is empty", setting, shownReference(reference))
	case len(value) > maxSecret:
		return secret{}, fmt.Errorf("%s: what %s holds is longer than %d bytes: it is something else", setting, shownReference(reference), maxSecret)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return secret{}, fmt.Errorf("%s: what %s holds has control characters or several lines in it", setting, shownReference(reference))
	}
	s.hide(value)
	return newSecret(value), nil
}

// hide notes that a value is not to be shown. What is so short that it stands in ordinary text is left out: hiding
// it would tell.
func (s *secrets) hide(value string) {
	if len(value) >= 6 {
		s.all = append(s.all, value)
	}
}

// shownReference is a reference as an error may show it: it has one of the two forms.
func shownReference(reference string) string { return fmt.Sprintf("%.200q", reference) }

func (s *secrets) read(reference string) (string, error) {
	if path, ok := strings.CutPrefix(reference, "file:"); ok {
		return s.readFile(path)
	}
	name, ok := strings.CutPrefix(reference, "$")
	if !ok {
		return "", errors.New("a secret does not stand in the configuration: write $NAME for a variable of the environment, or file:PATH")
	}
	if !variable(name) {
		// It is not shown: somebody may have written a secret that begins with a dollar.
		return "", errors.New("what comes behind the $ is no name of a variable: it has letters, digits and _, and does not begin with a digit")
	}
	value, set := s.env(name)
	if !set {
		return "", fmt.Errorf("the environment has no variable %s: set it before Swell is started", name)
	}
	return value, nil
}

func (s *secrets) readFile(path string) (string, error) {
	if path == "" {
		return "", errors.New("file: has no path behind it")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the file with the secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot read the file with the secret: %w", err)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0:
		return "", fmt.Errorf("%q is no file", path)
	case info.Mode().Perm()&0o044 != 0:
		s.warn(fmt.Sprintf("the file %q holds a secret and can be read by others; chmod 600 it", path))
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+3))
	if err != nil {
		return "", fmt.Errorf("cannot read the file with the secret: %w", err)
	}
	return string(data), nil
}

// variable reports whether a name can be one of the environment.
func variable(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// scrub replaces all secrets in a text: answers of services may repeat what they were sent.
func (s *secrets) scrub(text string) string {
	for _, value := range s.all {
		text = strings.ReplaceAll(text, value, hidden)
	}
	return text
}
