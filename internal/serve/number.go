package serve

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

// decimals rounds what was estimated: more digits would be noise.
func decimals(x float64) Number { return Number(math.Round(x*1e4) / 1e4) }

// unknown is a [Number] that is not known.
var unknown = Number(math.NaN())

// MarshalJSON implements [encoding/json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	x := float64(n)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	format := byte('f')
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(make([]byte, 0, 24), x, format, -1, 64), nil
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (n *Number) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*n = unknown
		return nil
	}
	x, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return fmt.Errorf("serve: %.40q is not a number", data)
	}
	*n = Number(x)
	return nil
}
