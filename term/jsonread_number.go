package term

// number consumes a number and returns its spelling.
func (r *jsonReader) number() (string, *DecodeError) {
	start := r.pos
	if r.text[r.pos] == '-' {
		r.pos++
	}
	if r.pos < len(r.text) && r.text[r.pos] == '0' {
		r.pos++
	} else if err := r.digits(); err != nil {
		return "", err
	}
	if r.pos < len(r.text) && r.text[r.pos] == '.' {
		r.pos++
		if err := r.digits(); err != nil {
			return "", err
		}
	}
	if r.pos < len(r.text) && r.text[r.pos]|0x20 == 'e' {
		r.pos++
		if r.pos < len(r.text) && (r.text[r.pos] == '+' || r.text[r.pos] == '-') {
			r.pos++
		}
		if err := r.digits(); err != nil {
			return "", err
		}
	}
	return alias(r.text[start:r.pos]), nil
}

func (r *jsonReader) digits() *DecodeError {
	start := r.pos
	for r.pos < len(r.text) && isDigit(r.text[r.pos]) {
		r.pos++
	}
	if r.pos == start {
		return r.expected("a digit")
	}
	return nil
}

func isDigit(c byte) bool { return c-'0' <= 9 }

// maxDigits is how many digits surely fit an int64.
const maxDigits = 18

// natural consumes a whole number without sign of at most maxDigits digits.
// Where another number stands it consumes nothing and reports false.
func (r *jsonReader) natural() (n int64, ok bool) {
	i := r.pos
	for i < len(r.text) && isDigit(r.text[i]) {
		n = 10*n + int64(r.text[i]-'0')
		if i++; i-r.pos > maxDigits {
			return 0, false
		}
	}
	if i == r.pos || r.text[r.pos] == '0' && i-r.pos > 1 {
		return 0, false
	}
	if i < len(r.text) && (r.text[i] == '.' || r.text[i]|0x20 == 'e') {
		return 0, false
	}
	r.pos = i
	return n, true
}
