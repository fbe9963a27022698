function Get-AppSettings {
    <#
    .SYNOPSIS
        The settings of the app that commands use for what their parameters do not give.
    .DESCRIPTION
        Scripts configure the module by defining a function of this name themselves: it is found in the scope of
        whoever calls a command, so a script, a function or a module can each have its own. This one returns the
        defaults. Any member may be missing, null or empty; its default then applies.

        x5t is taken from the certificate itself, whatever is set. A ResourceURL of outlook.office.com, or none, is
        served through Microsoft Graph: the Outlook REST endpoint is gone.
    .EXAMPLE
        function Get-AppSettings {
            [pscustomobject] @{
                TenantId = '1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4'
                ClientId = '084adbb3-f70c-498f-97a3-464e1f444d9a'
            }
        }
        $Token = Get-AppOnlyToken -CertFileName C:\temp\certfile.pfx

        Defines the app for everything that follows.
    .EXAMPLE
        (Get-AppSettings).ResourceURL

        Shows what a token is for where a script says nothing else.
    .OUTPUTS
        An object with ResourceURL, ClientId, redirectUrl, ClientSecret, x5t, TenantId and ValidateForMinutes.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param()

    Import-PrivateFunction
    return New-DefaultAppSetting
}
