<#
.PARAMETER CertName
    The subject, such as ExRun or CN=ExRun.
.PARAMETER CertFileName
    The PFX file to write.
.PARAMETER Password
    The password for the PFX file; asked for when it is not given.
.PARAMETER ValidDays
    How many days the certificate is valid; a year by default.
#>
param(
    [Parameter(Position = 0, Mandatory = $true)] [string] $CertName,
    [Parameter(Position = 1, Mandatory = $true)] [string] $CertFileName,
    [Parameter()] [securestring] $Password,
    [Parameter()] [ValidateRange(1, 36500)] [int] $ValidDays
)
