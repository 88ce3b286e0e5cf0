package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
)

// instance is a server and what it gives to everybody. It is shared by the parts of the
// instance; mu guards what is known of its access.
type instance struct {
	c    *Config
	net  *fetch.Client
	base string // https://host
	host string

	mu     sync.Mutex
	access access
	until  time.Time // it is asked again then
}

// How long what an instance says of itself is taken for true, and how long it is left alone where it
// says nothing.
const (
	accessFor  = 6 * time.Hour
	silenceFor = time.Hour
)

// mostOfInstance bounds the description of an instance, rules and banners included.
const mostOfInstance = 1 << 20

// access is who may read which timelines, by "live_feeds" and "hashtag_feeds". What an instance does
// not say is open: servers before Mastodon 4.5 and of other kinds say nothing.
type access map[string]struct {
	Local  string `json:"local"`
	Remote string `json:"remote"`
}

// allowed returns who may read which timelines. It asks the instance if that is not known. Only what
// concerns all of its parts is an error: an instance without a description has timelines all the same.
func (in *instance) allowed(ctx context.Context, now time.Time) (access, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if now.Before(in.until) && in.until.Sub(now) <= accessFor {
		return in.access, nil
	}
	answer, err := in.net.Get(ctx, fetch.Request{
		URL: in.base + "/api/v2/instance", Accept: []string{"application/json"}, MaxBytes: mostOfInstance, API: true,
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		if !undescribed(err) {
			return nil, err
		}
		in.access, in.until = nil, now.Add(silenceFor)
		return nil, nil
	}
	in.access, in.until = decodeAccess(answer.Body), now.Add(accessFor)
	return in.access, nil
}

// undescribed reports that an instance answers, and does not give its description.
func undescribed(err error) bool {
	var t *scrapers.Trouble
	if !errors.As(err, &t) || t.State == scrapers.Throttled {
		return false
	}
	return t.Status >= 400 && t.Status < 500 || t.State == scrapers.SchemaChanged
}

// decodeAccess reads the description of an instance; nil where it does not say.
func decodeAccess(body []byte) access {
	var about struct {
		Configuration struct {
			Access json.RawMessage `json:"timelines_access"`
		} `json:"configuration"`
	}
	var a access
	if json.Unmarshal(body, &about) != nil || json.Unmarshal(about.Configuration.Access, &a) != nil {
		return nil
	}
	return a
}

// choose returns the parameter that asks for as much of a timeline as is open: "" for all of it,
// "local" or "remote". The error says why there is nothing to ask for.
func (a access) choose(feeds string, wantLocal bool, host string) (string, error) {
	who, said := a[feeds]
	local, remote := open(who.Local), open(who.Remote)
	switch {
	case !said || local && remote && !wantLocal:
		if wantLocal {
			return "local", nil
		}
		return "", nil
	case local:
		return "local", nil
	case remote && !wantLocal:
		return "remote", nil
	}
	t := scrapers.NewTrouble(scrapers.Off, "%s has switched this timeline off (%s); choose another one or another instance", host, feeds)
	if who.Local == "authenticated" || !wantLocal && who.Remote == "authenticated" {
		t = scrapers.NewTrouble(scrapers.LoginWall, "%s shows this timeline only to those who log in (%s); choose another one or another instance", host, feeds)
	}
	t.After = accessFor
	return "", t
}

func open(who string) bool { return who == "" || who == "public" }
