<#
.PARAMETER Certificate
    A certificate with its private key, from a store for example. The key signs where it is and is never exported.
#>
param(
    [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate
)
