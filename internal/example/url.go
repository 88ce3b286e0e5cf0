package example

import (
	"net/url"
	"strings"
)

const (
	digits   = "0123456789"
	lower    = "abcdefghijklmnopqrstuvwxyz"
	letters  = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	inCodes  = letters + digits + "-_"
	inHosts  = lower + digits + "-."
	inRecord = inCodes + ".~:" // of a record key of the AT protocol
)

// URL returns where people can see a post, or "" where its ID does not tell. It is of https and has no account, port or
// fragment in it; which host it leads to is the platform's, or, where posts are called by their address, what that says.
func URL(p *Post) string {
	if made := ofPlatform(p); made != "" {
		return made
	}
	return asAddress(p.ID)
}

// ofPlatform returns the address of a post on a platform that has one place for all posts.
func ofPlatform(p *Post) string {
	switch p.Platform {
	case "x":
		return known("https://x.com/i/status/", p.ID, digits, 1, 20)
	case "tiktok":
		return known("https://www.tiktok.com/player/v1/", p.ID, digits, 10, 20)
	case "youtube":
		return known("https://www.youtube.com/watch?v=", p.ID, inCodes, 11, 11)
	case "pinterest":
		return known("https://www.pinterest.com/pin/", p.ID, digits, 1, 20)
	case "instagram":
		if made(p.ID, digits) {
			return "" // an ID from before codes, by which nothing can be seen
		}
		return known("https://www.instagram.com/p/", p.ID, inCodes, 5, 40)
	case "reddit":
		if id, ok := strings.CutPrefix(p.ID, "t3_"); ok {
			return known("https://www.reddit.com/comments/", id, lower+digits, 1, 13)
		}
	case "bluesky":
		return ofBluesky(p)
	}
	return ""
}

// ofBluesky returns the address of a post whose ID is that of its account, a slash and its key. A repost has no page.
func ofBluesky(p *Post) string {
	did, key, _ := strings.Cut(strings.TrimPrefix(p.ID, "at://"), "/")
	key = strings.TrimPrefix(key, "app.bsky.feed.post/")
	plc, isPlc := strings.CutPrefix(did, "did:plc:")
	web, isWeb := strings.CutPrefix(did, "did:web:")
	if p.Repost || !(isPlc && made(plc, lower+digits) || isWeb && made(web, inHosts)) || key == "." || key == ".." {
		return ""
	}
	return known("https://bsky.app/profile/"+did+"/post/", key, inRecord, 1, 512)
}

// known returns prefix and ID, if the ID is made of so many of the characters.
func known(prefix, id, of string, least, most int) string {
	if len(id) < least || len(id) > most || !made(id, of) {
		return ""
	}
	return prefix + id
}

func made(s, of string) bool { return s != "" && strings.Trim(s, of) == "" }

// asAddress returns an ID that is an address of the web itself, as those of Mastodon and of most feeds are.
func asAddress(id string) string {
	if !strings.HasPrefix(id, "https://") || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"'<>\^{|}`+"`", r) }) {
		return ""
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Fragment != "" || u.Host != u.Hostname() ||
		!made(u.Host, inHosts) || !strings.Contains(strings.Trim(u.Host, "."), ".") || u.String() != id {
		return ""
	}
	return id
}
