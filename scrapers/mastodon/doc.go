// Package mastodon reads the public timelines, tag timelines and trends of Mastodon instances.
package mastodon
