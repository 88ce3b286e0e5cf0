package term

// Span is a part of a text in bytes: text[Start:End].
type Span struct{ Start, End int }

// In returns the part of text that s spans.
func (s Span) In(text string) string { return text[s.Start:s.End] }
