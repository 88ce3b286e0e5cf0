// Package tiktok reads the numbers on public TikTok pages: hashtags, sounds, Creative Center.
package tiktok
