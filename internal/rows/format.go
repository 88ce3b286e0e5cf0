package rows

import (
	"fmt"
	"strings"
)

// Format is an encoding of tables.
type Format uint8

// The formats.
const (
	NDJSON Format = iota + 1
	CSV
	Parquet
)

// Version is that of the encodings. It rises when the same rows give other bytes, so that what was
// written by an earlier program is not taken for what this one would write.
const Version = 1

var formats = [...]struct{ name, media, content string }{
	NDJSON:  {"ndjson", "application/x-ndjson", "application/x-ndjson"},
	CSV:     {"csv", "text/csv", "text/csv; charset=utf-8; header=present"},
	Parquet: {"parquet", "application/vnd.apache.parquet", "application/vnd.apache.parquet"},
}

// Formats returns all formats.
func Formats() []Format { return []Format{NDJSON, CSV, Parquet} }

// Names returns the names of all formats.
func Names() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.String())
	}
	return names
}

// ParseFormat returns the format of that name, or an error that wraps [ErrFormat].
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("%w: %.40q; use one of %s", ErrFormat, name, strings.Join(Names(), ", "))
}

func (f Format) known() bool { return f >= NDJSON && f <= Parquet }

// String returns the name, which is also the ending of files.
func (f Format) String() string {
	if !f.known() {
		return fmt.Sprintf("format %d", uint8(f))
	}
	return formats[f].name
}

// MediaType returns the media type without parameters; empty for a format that does not exist.
func (f Format) MediaType() string {
	if !f.known() {
		return ""
	}
	return formats[f].media
}

// ContentType returns the media type as a header gives it; empty for a format that does not exist.
func (f Format) ContentType() string {
	if !f.known() {
		return ""
	}
	return formats[f].content
}
