package htmltext

import "golang.org/x/net/html/atom"

// unshown reports elements whose content is no text for people. The tokenizer gives it as a
// single text, which ends with the element or with the fragment.
func unshown(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes:
		return true
	}
	return false
}

// block reports elements that stand on lines of their own.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.Br, atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Blockquote, atom.Pre, atom.Hr,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Tr, atom.Caption, atom.Section, atom.Article,
		atom.Header, atom.Footer, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Address, atom.Form, atom.Fieldset, atom.Title, atom.Option, atom.Body, atom.Html, atom.Head:
		return true
	}
	return false
}
