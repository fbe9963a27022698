# Parameters that say who acts, or on whose behalf: one that is given and blank is a variable that is empty by mistake, and
# must not mean the same as one that is not given.
$script:NeverBlank = [System.Collections.Generic.HashSet[string]]::new([string[]] @(
        'AccessToken', 'ApplicationId', 'Certificate', 'CertificateFileName', 'CertificatePath', 'CertificateThumbprint', 'CertFileName'
        'ClientAssertion', 'ClientId', 'ClientSecret', 'Connection', 'ExpectTenant', 'FederatedTokenFile', 'LoginHint', 'Name', 'ObjectId'
        'RefreshToken', 'ResourceId', 'TenantId', 'VaultAccessToken', 'VaultCertificate', 'VaultClientId', 'VaultKey', 'VaultTenantId'
    ), [System.StringComparer]::OrdinalIgnoreCase)

# Of two credentials in fixed places the first must be given, blank, to get at the second.
$script:PairsInPlace = @{
    'New-EXRJWTToken'            = 'CertFileName', 'Certificate'
    'Get-EXRAppOnlyToken'        = 'CertFileName', 'Certificate'
    'Get-AccessTokenNoLibraries' = 'ClientSecret', 'Certificate'
}

function Assert-ParameterGiven {
    <#
    .SYNOPSIS
        Ends a command where a credential, or a name of whom it acts for, was given as null or blank.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # Throws for the command to catch, where it has to put something in order first.
        [switch] $PassError
    )

    $bound = $Cmdlet.MyInvocation.BoundParameters
    $blank = $null
    foreach ($name in $bound.Keys) {
        if (-not $script:NeverBlank.Contains($name) -or -not (Test-BlankValue -Value $bound[$name])) { continue }
        $pair = $script:PairsInPlace[$Cmdlet.MyInvocation.MyCommand.Name]
        if ($null -ne $pair -and $name -in $pair) {
            $hasOther = $false
            foreach ($other in $pair) { if ($other -ne $name -and -not (Test-BlankValue -Value $bound[$other])) { $hasOther = $true } }
            if ($hasOther) { continue }
        }
        $blank = $name
        break
    }
    if ($null -eq $blank) { return }
    $exception = New-ExRunException -Name 'InvalidArgument' -Target $blank -Message (
        '-{0} is given, and is null or blank: an empty variable most likely; leave it out where none is meant' -f $blank)
    if ($PassError) { Stop-Attempt $exception }
    $Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Cmdlet -Failure $exception))
}
