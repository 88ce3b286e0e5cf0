// Package page makes the web page: what trends, how sure that is, how many hours are left and why, for people who never ask
// an API.
//
// It owns the templates, the style sheet and the scripts, the words and numbers that people read, and which answers of the
// endpoint each page is made of. It asks for them through [API], as a client would, so that there is nothing on a page that
// the endpoint does not tell. It listens to nothing and keeps nothing: package serve routes requests here, after it has let
// them in, and sends what comes back.
//
// Every page is whole without a script. Scripts only make it follow the stream of events, point at things and zoom. What
// people wrote on a platform is text wherever it stands: html/template escapes it, and [Page.Policy] lets nothing run that
// is not an asset of this package.
//
// A [Page] may be used by any number of goroutines. The same answers, viewer and time give the same bytes.
package page
