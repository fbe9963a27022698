function Request-AppToken {
    <#
    .SYNOPSIS
        Gets an app-only token for one of the token commands and returns what the endpoint answered, completed by
        what scripts expect beside it.
    .DESCRIPTION
        A refusal by the endpoint is returned like a token: scripts look for it in their variable.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Members that follow clientid.
        [System.Collections.IDictionary] $Members = @{},
        [switch] $AsSecureString,
        # Takes a token from the cache where there is one.
        [switch] $UseCache
    )

    $identity = Resolve-Identity -Cmdlet $Cmdlet -Bound $Bound
    $session = Get-MemberValue -InputObject $identity -Name 'Session'
    if ($null -eq $session) {
        $session = Open-Session -Cmdlet $Cmdlet -CertFileName $Bound['CertFileName'] -Password $Bound['password'] `
            -Certificate $Bound['Certificate'] -Identity $identity -Connection $Bound['Connection'] -MaxTries 4
    }
    $request = @{
        forceRefresh       = -not $UseCache
        plainToken         = -not $AsSecureString
        oauthErrorAsResult = $true
        resource           = $identity.ResourceUrl
    }
    if ($identity.ValidateForMinutes) { $request['validForMinutes'] = $identity.ValidateForMinutes }
    $reply = Use-Session $session { Invoke-NativeOperation -Function 'exrun_token_acquire' -Request $request -Session $session }

    $token = [ordered] @{}
    $isToken = $false
    foreach ($member in $reply.PSObject.Properties) {
        if ($member.Name -eq 'accessTokenSecret') {
            $token['access_token'] = New-SecureStringFromSecret -Secret $member.Value
            $isToken = $true
        } else {
            $token[$member.Name] = $member.Value
            if ($member.Name -eq 'access_token') { $isToken = $true }
        }
    }
    if (-not $isToken) { return $reply }

    $token['tenantid'] = $identity.TenantId
    $token['clientid'] = $identity.ClientId
    if ($Members.Contains('mailbox')) { $token['mailbox'] = $Members['mailbox'] }
    $token['redirectUrl'] = [string] $identity.RedirectUrl
    if ($Bound['Beta']) { $token['Beta'] = 'True' }
    if ($Members.Contains('Cached')) { $token['Cached'] = $Members['Cached'] }
    return [pscustomobject] $token
}
