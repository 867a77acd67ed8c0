"""What people do with referrals."""
