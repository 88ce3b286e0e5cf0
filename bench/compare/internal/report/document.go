package report

import (
	"fmt"
	"os"
	"strings"
)

// Replace puts text between the two marks of a section in the document at path, and
// leaves the rest as it is. The marks are the lines
//
//	<!-- begin NAME -->
//	<!-- end NAME -->
func Replace(path, section, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the document: %w", err)
	}
	changed, err := replace(string(old), section, text)
	if err != nil {
		return fmt.Errorf("cannot write into %s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		return fmt.Errorf("cannot write the document: %w", err)
	}
	return nil
}

func replace(document, section, text string) (string, error) {
	begin, end := "<!-- begin "+section+" -->\n", "<!-- end "+section+" -->\n"
	before, rest, ok := strings.Cut(document, begin)
	if !ok {
		return "", fmt.Errorf("there is no line %q", strings.TrimSpace(begin))
	}
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		return "", fmt.Errorf("no line %q follows %q", strings.TrimSpace(end), strings.TrimSpace(begin))
	}
	return before + begin + "\n" + strings.TrimSpace(text) + "\n\n" + end + after, nil
}
