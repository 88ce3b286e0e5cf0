package api

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// Number is a number of an answer. In JSON it is null where it is not known
// (NaN) or has no end (infinite), which JSON has no number for; null is read
// as NaN.
type Number float64

// Rounded returns x with four decimals, or four digits if it is smaller than 1:
// of what was estimated, more would be noise.
func Rounded(x float64) Number {
	decimals := 4
	if abs := math.Abs(x); abs < 1 && abs > 1e-12 {
		decimals = 3 - int(math.Floor(math.Log10(abs)))
	}
	scale := math.Pow10(decimals)
	return Number(math.Round(x*scale) / scale)
}

// Unknown is a [Number] that is not known.
var Unknown = Number(math.NaN())

// MarshalJSON implements [encoding/json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	return n.AppendJSON(make([]byte, 0, 24)), nil
}

// AppendJSON appends what MarshalJSON returns to dst.
func (n Number) AppendJSON(dst []byte) []byte {
	x := float64(n)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(dst, "null"...)
	}
	format := byte('f')
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, x, format, -1, 64)
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (n *Number) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*n = Unknown
		return nil
	}
	x, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return fmt.Errorf("api: %.40q is not a number", data)
	}
	*n = Number(x)
	return nil
}
