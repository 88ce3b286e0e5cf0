package term

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// AppendKey appends the key of s to dst.
func AppendKey(dst []byte, s string) []byte {
	return append(dst, cases.Fold().String(norm.NFKC.String(s))...)
}

// AppendGroupKey appends to dst the coarser key under which the variants of key are shown together.
func AppendGroupKey(dst []byte, key string) []byte {
	return append(dst, key...)
}

// AppendKeyOf appends to dst the key of what people typed as a term of the given kind.
func AppendKeyOf(dst []byte, kind Kind, text string) []byte {
	return AppendKey(dst, text)
}

// KeyOf is [AppendKeyOf] for a caller who wants a string. It is empty when text holds nothing to count.
func KeyOf(kind Kind, text string) string { return string(AppendKeyOf(nil, kind, text)) }
