package api

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// WatchPath returns the escaped path of a watch list.
func WatchPath(name string) string { return WatchesPath + "/" + url.PathEscape(name) }

// Watches asks for the watch lists.
func (c Client) Watches(ctx context.Context) (out WatchesAnswer, err error) {
	return out, c.get(ctx, WatchesPath, nil, &out)
}

// Watch asks for one watch list, and returns the tag by which a change can name what it
// is a change of.
func (c Client) Watch(ctx context.Context, name string) (out Watch, etag string, err error) {
	header, err := c.ask(ctx, http.MethodGet, WatchPath(name), nil, nil, nil, &out)
	return out, header.Get("ETag"), err
}

// PutWatch makes or replaces the watch list of that name. With a tag only the list that
// has it is replaced; with "" any.
func (c Client) PutWatch(ctx context.Context, w Watch, etag string) error {
	_, err := c.ask(ctx, http.MethodPut, WatchPath(w.Name), nil, w, ifMatch(etag), nil)
	return err
}

// DeleteWatch deletes a watch list. The tag is as in PutWatch.
func (c Client) DeleteWatch(ctx context.Context, name, etag string) error {
	_, err := c.ask(ctx, http.MethodDelete, WatchPath(name), nil, nil, ifMatch(etag), nil)
	return err
}

// WatchVoice asks how often a watch list was mentioned. The query has the parameters of GET
// /api/v1/watches/{name}/voice.
func (c Client) WatchVoice(ctx context.Context, name string, query url.Values) (out WatchVoice, err error) {
	return out, c.get(ctx, WatchVoicePath(name), query, &out)
}

// WatchVoices asks for the share of voice between watch lists. The query has the parameters of GET
// /api/v1/watches/voice but for their names.
func (c Client) WatchVoices(ctx context.Context, names []string, query url.Values) (out WatchVoices, err error) {
	asked := url.Values{"watches": {strings.Join(names, ",")}}
	maps.Copy(asked, query)
	return out, c.get(ctx, VoicePath, asked, &out)
}

func ifMatch(etag string) http.Header {
	if etag == "" {
		return nil
	}
	return http.Header{"If-Match": {etag}}
}
