package robots

import (
	"strconv"
	"strings"
	"time"
)

// MaxBytes is how much of a file is read: the RFC asks for 500 KiB at least.
const MaxBytes = 512 << 10

// maxDelay bounds the Crawl-delay that is believed.
const maxDelay = 24 * time.Hour

// Parse returns what a robots.txt says to the crawler with a product token ("swell"): the rules of all groups that
// name it, in whatever case, else those of all groups for "*". It never fails: lines that make no sense are passed over, and
// what is beyond [MaxBytes] is not read.
//
// Deviating from the RFC on the side of those who wrote the file: a Crawl-delay belongs to its group, and ends its
// list of agents; a path without a slash at its beginning has one; a colon may be missing.
func Parse(file []byte, product string) *Rules {
	if len(file) > MaxBytes {
		file = file[:MaxBytes]
		for len(file) > 0 && file[len(file)-1] != '\n' && file[len(file)-1] != '\r' {
			file = file[:len(file)-1] // half a path would say more than the whole
		}
	}
	text := strings.TrimPrefix(string(file), "\uFEFF")
	p := parser{product: product}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		p.line(line)
	}
	if p.named {
		return &p.own
	}
	return &p.all
}

type parser struct {
	product string
	own     Rules // of the groups that name us
	all     Rules // of those for "*"
	named   bool  // whether any group names us

	// Of the group that is being read.
	forUs, forAll bool
	inRules       bool
}

func (p *parser) line(line string) {
	line, _, _ = strings.Cut(line, "#")
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		if fields := strings.Fields(line); len(fields) == 2 {
			key, value = fields[0], fields[1]
		}
	}
	value = strings.Trim(value, " \t")
	switch strings.ToLower(strings.Trim(key, " \t")) {
	case "user-agent", "useragent":
		if p.inRules {
			p.forUs, p.forAll, p.inRules = false, false, false
		}
		if token := productToken(value); strings.EqualFold(token, p.product) {
			p.forUs, p.named = true, true
		} else if token == "" && strings.HasPrefix(value, "*") {
			p.forAll = true
		}
	case "allow":
		p.rule(true, value)
	case "disallow":
		p.rule(false, value)
	case "crawl-delay", "crawldelay":
		p.inRules = true
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || !(n > 0) {
			return
		}
		delay := maxDelay
		if n < maxDelay.Seconds() {
			delay = time.Duration(n * float64(time.Second))
		}
		p.each(func(r *Rules) { r.delay = max(r.delay, delay) })
	}
}

func (p *parser) rule(allow bool, path string) {
	p.inRules = true
	if path == "" {
		return // it disallows nothing
	}
	if path[0] != '/' && path[0] != '*' {
		path = "/" + path
	}
	pattern := normal(path, true)
	for strings.HasSuffix(pattern, "**") {
		pattern = pattern[:len(pattern)-1]
	}
	p.each(func(r *Rules) { r.rules = append(r.rules, rule{allow, pattern}) })
}

// each calls f for what the group is for.
func (p *parser) each(f func(*Rules)) {
	if p.forUs {
		f(&p.own)
	}
	if p.forAll {
		f(&p.all)
	}
}

// productToken returns the letters at the beginning of what a group names, without the version that some add.
func productToken(s string) string {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return s[:i]
		}
	}
	return s
}
