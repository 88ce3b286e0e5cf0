package htmltext

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The limits of what is taken from a fragment; what goes beyond is left out.
const (
	MaxText  = 64 << 10 // bytes of text
	MaxLinks = 64       // addresses
)

// Parse returns the text of a fragment of HTML and the addresses (http, https) that it points to, in
// their order, each once.
//
// White space is folded; paragraphs, line breaks and other blocks end a line; scripts, styles and
// what else is not shown are left out. A link shows its text; where that is its own
// address, also one that is cut for the eye as Mastodon does it, it shows the whole address. Links of
// hashtags and mentions are words and no addresses. Broken HTML is read as far as it
// goes. Time and memory are linear in the fragment.
func Parse(fragment string) (text string, links []string) {
	if !strings.ContainsAny(fragment, "<&") {
		w := writer{}
		w.words(fragment)
		return w.String(), nil
	}
	p := parser{z: html.NewTokenizer(strings.NewReader(fragment))}
	for p.token() {
	}
	p.endLink()
	return p.out.String(), p.links
}

// Text is [Parse] for callers who need no addresses.
func Text(fragment string) string {
	text, _ := Parse(fragment)
	return text
}

type parser struct {
	z     *html.Tokenizer
	out   writer
	links []string
	link  *link // that is open, or nil
	skip  bool  // the next text is not shown
}

// link is an anchor between its tags.
type link struct {
	href string
	name bool   // of a hashtag or a mention, by its class
	cut  bool   // parts of it are hidden from the eye
	text writer // shown
}

// token reads one token and reports whether there may be more.
func (p *parser) token() bool {
	switch p.z.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if !p.skip {
			p.to().words(string(p.z.Text()))
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		p.start()
	case html.EndTagToken:
		p.end()
	}
	return !p.out.full()
}

// to is where text goes now.
func (p *parser) to() *writer {
	if p.link != nil {
		return &p.link.text
	}
	return &p.out
}

func (p *parser) start() {
	name, hasAttr := p.z.TagName()
	tag := atom.Lookup(name)
	p.skip = unshown(tag)
	switch {
	case tag == atom.A:
		p.endLink()
		p.link = p.anchor(hasAttr)
	case tag == atom.Td || tag == atom.Th:
		p.to().gap(' ')
	case block(tag):
		p.to().gap('\n')
	case p.link != nil && hasAttr && !p.link.cut:
		p.link.cut = p.hasClass("invisible", "ellipsis")
	}
}

func (p *parser) end() {
	name, _ := p.z.TagName()
	tag := atom.Lookup(name)
	p.skip = false
	switch {
	case tag == atom.A:
		p.endLink()
	case block(tag):
		p.to().gap('\n')
	}
}

func (p *parser) anchor(hasAttr bool) *link {
	l := &link{}
	for hasAttr {
		var key, value []byte
		key, value, hasAttr = p.z.TagAttr()
		switch string(key) {
		case "href":
			l.href = strings.TrimSpace(string(value))
		case "class":
			for _, class := range strings.Fields(string(value)) {
				l.name = l.name || class == "hashtag" || class == "mention"
			}
		}
	}
	return l
}

func (p *parser) hasClass(names ...string) bool {
	for more := true; more; {
		var key, value []byte
		key, value, more = p.z.TagAttr()
		if string(key) != "class" {
			continue
		}
		for _, class := range strings.Fields(string(value)) {
			for _, name := range names {
				if class == name {
					return true
				}
			}
		}
	}
	return false
}

// endLink writes the link that is open.
func (p *parser) endLink() {
	l := p.link
	if l == nil {
		return
	}
	p.link = nil
	shown := l.text.String()
	p.out.gap(l.text.before)
	defer p.out.gap(l.text.pending)
	named := l.name || strings.HasPrefix(shown, "#") || strings.HasPrefix(shown, "＃") || strings.HasPrefix(shown, "@")
	if !named && web(l.href) {
		p.point(l.href)
		if l.cut || showsAddress(shown, l.href) {
			p.out.words(l.href)
			return
		}
	}
	if shown != "" {
		p.out.word(shown)
	}
}

// point notes an address.
func (p *parser) point(href string) {
	if len(p.links) >= MaxLinks {
		return
	}
	for _, known := range p.links {
		if known == href {
			return
		}
	}
	p.links = append(p.links, href)
}

// web reports addresses of the web.
func web(href string) bool {
	scheme, rest, ok := strings.Cut(href, "://")
	return ok && rest != "" && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// showsAddress reports whether a text is the address that it points to, or the beginning of it.
func showsAddress(shown, href string) bool {
	shown = strings.TrimSuffix(strings.TrimSuffix(shown, "…"), "...")
	bare := func(s string) string {
		if _, rest, ok := strings.Cut(s, "://"); ok {
			s = rest
		}
		return strings.TrimPrefix(s, "www.")
	}
	s := bare(shown)
	return len(s) > 3 && strings.Contains(s, ".") && strings.HasPrefix(bare(href), s)
}
