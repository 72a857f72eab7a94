"""What sections send, by mail, folder or page: received, matched, judged, recorded, replied to."""
